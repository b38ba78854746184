// "/" goes to the search box; Escape, a click and the focus elsewhere close the menu; Ctrl+Enter sends. A confirmation
// is read out once the page is there, and the post that it is about takes the focus.
const menu = document.querySelector("details.menu");
addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const find = document.querySelector("#q") ?? document.querySelector("#find");
    if (find?.offsetParent) {
      event.preventDefault();
      find.focus();
    }
  }
  if (event.key === "Escape" && menu?.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("textarea")) {
    event.target.form.requestSubmit();
  }
});
for (const kind of ["click", "focusin"]) {
  addEventListener(kind, (event) => {
    if (menu?.open && !menu.contains(event.target)) menu.open = false;
  });
}

const flash = document.querySelector(".flash[role=status]");
if (flash) {
  const live = document.createElement("p");
  live.className = "sr-only";
  live.setAttribute("role", "status");
  flash.removeAttribute("role");
  document.body.append(live);
  setTimeout(() => { live.textContent = flash.textContent; }, 500);
  const post = flash.closest(".post");
  if (post) {
    post.tabIndex = -1;
    post.focus({ preventScroll: true });
  }
}
