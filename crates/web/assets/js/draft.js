// Keeps what is typed on this device until it was sent: a draft for each person, form and target.
const WORDS = ["title", "body", "warning", "choices", "title2", "body2", "warning2", "choices2"];
const KEPT = [...WORDS, "kind", "lang", "to", "once", "revision"];

const store = (() => {
  try {
    localStorage.setItem("draft", "");
    localStorage.removeItem("draft");
    return localStorage;
  } catch {
    return null;
  }
})();
const forget = () => {
  for (const key of Object.keys(store)) if (key.startsWith("draft:")) store.removeItem(key);
};

// What was sent from the page before this one. Its draft goes once the answer is no error.
const sent = () => {
  const [key, from] = JSON.parse(sessionStorage.getItem("sent") ?? "[]");
  sessionStorage.removeItem("sent");
  if (!key || !document.referrer || new URL(document.referrer).pathname !== from) return;
  const failed = document.querySelector(".error-summary, .error-page");
  if (!failed) store.removeItem(key);
  const again = document.querySelector(".error-page form");
  again?.addEventListener("submit", () => sessionStorage.setItem("sent", JSON.stringify([key, location.pathname])));
};

const keep = (form) => {
  const { elements } = form;
  const key = `draft:${form.dataset.draft}:${form.getAttribute("action")}`;
  const read = () => Object.fromEntries(KEPT.filter((name) => elements[name]).map((name) => [name, elements[name].value]));
  const written = (values) => WORDS.some((name) => values[name]?.trim());
  const before = read();
  let timer;
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    const values = read();
    if (written(values)) store.setItem(key, JSON.stringify(values));
    else store.removeItem(key);
  };
  const fill = (values) => {
    for (const [name, value] of Object.entries(values)) {
      if (elements[name]) elements[name].value = value;
      const fold = value && elements[name]?.closest?.("details");
      if (fold) fold.open = true;
    }
    form.dispatchEvent(new CustomEvent("draft"));
  };
  const draft = JSON.parse(store.getItem(key) ?? "null");
  const shownAgain = document.querySelector(".error-summary") || (written(before) && !before.revision);
  if (draft && !shownAgain && WORDS.some((name) => (draft[name] ?? "") !== (before[name] ?? ""))) {
    fill(draft);
    const line = document.createElement("p");
    line.className = "draft-kept";
    line.setAttribute("role", "status");
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "btn plain";
    discard.textContent = form.dataset.discard;
    discard.addEventListener("click", () => {
      store.removeItem(key);
      fill(before);
      line.remove();
      elements.body.focus();
    });
    line.append(`${form.dataset.restored} `, discard);
    form.querySelector(".form-actions").before(line);
  }
  form.addEventListener("input", () => { timer ??= setTimeout(save, 500); });
  addEventListener("pagehide", () => { if (timer) save(); });
  form.addEventListener("submit", (event) => {
    if (timer) save();
    if (event.submitter?.name !== "redraw") sessionStorage.setItem("sent", JSON.stringify([key, location.pathname]));
  });
};

if (store) {
  sent();
  document.querySelectorAll("form[data-draft]").forEach((form) => form.dataset.draft && keep(form));
  for (const form of document.querySelectorAll("form[action='/sign-out'], form[action$='/end-all']")) {
    form.addEventListener("submit", forget);
  }
}
