// Focuses the error summary, warns before leaving a page with unsaved input of which no draft is kept, and
// ignores double submits. The language switch, which sends the form `typed`, sends what is typed in others along.
const summary = document.querySelector(".error-summary");
summary?.focus();

let unsaved = false;
for (const form of document.querySelectorAll("form[data-draft='']")) {
  unsaved ||= Boolean(summary && form.id === "typed");
  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("submit", () => { unsaved = false; });
}
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

const typed = document.querySelector("#typed");
typed?.addEventListener("submit", (event) => {
  if (event.submitter?.name !== "redraw") return;
  for (const form of document.querySelectorAll("form[data-along]")) {
    for (const [name, value] of new FormData(form)) {
      if (name !== "csrf") typed.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
  }
});

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button) return;
    if (button.dataset.sent) return event.preventDefault();
    button.dataset.sent = "1";
    setTimeout(() => { delete button.dataset.sent; }, 4000);
  });
}
