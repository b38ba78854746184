// Inline reply, the Markdown preview, and the editor, which is loaded when it is first used.
const tools = document.querySelector("#tools");
for (const form of tools ? document.querySelectorAll("form:has(.editor)") : []) {
  form.addEventListener("focusin", () => import(tools.dataset.src).then(({ dress }) => dress(form)), { once: true });
}

const reply = document.querySelector("#compose");
const form = reply?.querySelector("form[data-reply-form]");
if (form) {
  const note = form.querySelector("[data-to]");
  const cancel = form.querySelector("[data-cancel]");
  const home = document.createComment("");
  reply.before(home);
  const aim = (id, name) => {
    form.elements.to.value = id;
    note.hidden = !id;
    cancel.hidden = !id;
    note.querySelector("strong").textContent = name;
    reply.querySelector(".excerpt")?.remove();
    form.elements.body.focus({ preventScroll: true });
    form.querySelector(".form-actions").scrollIntoView({ block: "nearest" });
  };
  for (const link of document.querySelectorAll("a[data-reply]")) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      const post = link.closest(".post");
      post.append(reply);
      aim(post.id.slice(1), post.querySelector("header strong").textContent);
    });
  }
  note.querySelector("a").addEventListener("click", (event) => {
    event.preventDefault();
    home.after(reply);
    aim("", "");
  });
  // Back to the post, with what was typed still in the box below the thread.
  cancel.addEventListener("click", (event) => {
    const post = reply.closest(".post");
    if (!post) return;
    event.preventDefault();
    home.after(reply);
    aim("", "");
    post.querySelector("a[data-reply]").focus();
  });
  // A draft that answers a post says so.
  form.addEventListener("draft", () => {
    const post = document.querySelector(`#p${form.elements.to.value || "-"}`);
    if (post) {
      note.hidden = cancel.hidden = false;
      note.querySelector("strong").textContent = post.querySelector("header strong").textContent;
    } else form.elements.to.value = "";
  });
}

for (const box of document.querySelectorAll(".editor[data-preview]")) {
  const area = box.querySelector("textarea");
  const shown = document.createElement("div");
  shown.className = "preview";
  shown.hidden = true;
  shown.setAttribute("aria-live", "polite");
  const modes = document.createElement("div");
  modes.className = "preview-tabs";
  const [write, preview] = ["write", "preview"].map((mode) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = box.dataset[mode];
    modes.append(button);
    return button;
  });
  const show = (previewing) => {
    area.hidden = previewing;
    shown.hidden = !previewing;
    write.setAttribute("aria-pressed", !previewing);
    preview.setAttribute("aria-pressed", previewing);
  };
  write.addEventListener("click", () => { show(false); area.focus(); });
  preview.addEventListener("click", async () => {
    const { csrf, lang, warning, warning2 } = area.form.elements;
    const warned = (area.name === "body2" && warning2.value) || (warning?.value ?? "");
    const body = new URLSearchParams({ csrf: csrf.value, body: area.value, warning: warned });
    if (lang && area.name === "body") body.set("lang", lang.value);
    shown.style.minHeight = `${area.offsetHeight}px`;
    show(true);
    try {
      const answer = await fetch("/preview", { method: "POST", body });
      if (!answer.ok) throw new Error(answer.status);
      shown.innerHTML = await answer.text();
    } catch {
      show(false);
    }
  });
  box.prepend(modes);
  box.append(shown);
  show(false);
}
