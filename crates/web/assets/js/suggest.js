// Suggestions below a search field: arrows choose, Enter follows, Escape closes.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggest);
  list.hidden = true;
  input.form.querySelector(".inline-form.suggesting")?.append(list);
  if (!list.isConnected) input.form.append(list);
  const set = (name, value) => input.setAttribute(name, value);
  set("role", "combobox");
  set("aria-autocomplete", "list");
  set("aria-controls", list.id);
  set("aria-expanded", "false");
  let chosen = -1;
  let asked = 0;
  let timer;
  const choose = (index) => {
    chosen = index;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", n === index));
    const item = list.children[index];
    if (item) set("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    list.hidden = true;
    set("aria-expanded", "false");
    choose(-1);
  };
  const load = async () => {
    const number = ++asked;
    const typed = input.value.trim();
    if (typed.length < 2) return close();
    try {
      const answer = await fetch(`/search/suggest?${new URLSearchParams({ q: typed })}`);
      if (!answer.ok || number !== asked) return;
      const html = await answer.text();
      if (number !== asked || document.activeElement !== input) return;
      list.innerHTML = html;
    } catch {
      return close();
    }
    [...list.children].forEach((item, n) => { item.id = `${list.id}-${n}`; });
    choose(-1);
    list.hidden = !list.children.length;
    set("aria-expanded", !list.hidden);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(load, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const count = list.children.length;
    if (event.key === "ArrowDown") choose(chosen + 1 < count ? chosen + 1 : -1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? count - 1 : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.url);
    else return;
    event.preventDefault();
  });
  // The field keeps the focus, so that the list stays until the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const url = event.target.closest("[data-url]")?.dataset.url;
    if (url) location.assign(url);
  });
  input.addEventListener("blur", () => { asked++; clearTimeout(timer); close(); });
}
