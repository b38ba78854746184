// "/" goes to the search box; Escape and a click elsewhere close the menu; Ctrl+Enter sends.
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
addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});
