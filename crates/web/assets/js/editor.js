// The editor of Markdown texts, loaded when one of them is first focused: the toolbar, the completion of
// names, and what is left of a length that is nearly used up.
const template = document.querySelector("#tools");
const { left, suggestions } = template.dataset;

const marks = {
  bold: ["**", "**"],
  italic: ["*", "*"],
  code: ["`", "`"],
  link: ["[", "](https://)"],
  list: "- ",
  quote: "> ",
};

// Types through the browser, so that undo works.
const type = (area, text) => {
  area.focus();
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

const mark = (area, name) => {
  const { value } = area;
  let { selectionStart: start, selectionEnd: end } = area;
  const sign = marks[name];
  if (typeof sign === "string") {
    start = value.lastIndexOf("\n", start - 1) + 1;
    area.setSelectionRange(start, end);
    const lines = value.slice(start, end).split("\n");
    const marked = lines.every((line) => line.startsWith(sign));
    type(area, lines.map((line) => (marked ? line.slice(sign.length) : sign + line)).join("\n"));
    return;
  }
  const [open, close] = sign;
  const text = value.slice(start, end);
  type(area, open + text + close);
  if (name === "link" && text) area.setSelectionRange(end + 3, end + 11);
  else area.setSelectionRange(start + open.length, end + open.length);
};

// The name before the cursor: "@an", "!weav".
const nameBefore = (area) => {
  const text = area.value.slice(0, area.selectionStart);
  return area.selectionStart === area.selectionEnd ? /(?:^|[\s(])([@!][\p{L}\p{N}_.@-]{1,60})$/u.exec(text)?.[1] : undefined;
};

const complete = (area, box) => {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${area.id}-names`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", suggestions);
  box.append(list);
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-autocomplete", "list");
  let asked;
  let timer;
  const options = () => [...list.children];
  const close = () => {
    list.hidden = true;
    asked = undefined;
    area.removeAttribute("aria-activedescendant");
  };
  const choose = (option) => {
    const name = nameBefore(area);
    if (name) {
      area.setSelectionRange(area.selectionStart - name.length, area.selectionStart);
      type(area, `${option.dataset.name} `);
    }
    close();
  };
  const point = (option) => {
    for (const other of options()) other.setAttribute("aria-selected", other === option);
    area.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    const name = nameBefore(area);
    if (!name) return close();
    if (name === asked) return;
    asked = name;
    try {
      const answer = await fetch(`/complete?q=${encodeURIComponent(name)}`);
      if (!answer.ok || name !== asked) return;
      list.innerHTML = await answer.text();
    } catch {
      return;
    }
    options().forEach((option, place) => { option.id = `${list.id}-${place}`; });
    list.hidden = !list.children.length;
    if (!list.hidden) point(list.children[0]);
  };
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 200);
  });
  area.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const all = options();
    const place = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) point(all.at((place + moves[event.key]) % all.length));
    else if (event.key === "Enter" || event.key === "Tab") choose(all[place]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
};

const count = (field) => {
  const line = document.createElement("p");
  line.className = "hint counter";
  line.setAttribute("aria-live", "polite");
  (field.closest(".editor") ?? field).after(line);
  const show = () => {
    const rest = field.maxLength - field.value.length;
    line.textContent = rest < Math.max(30, field.maxLength / 20) ? `${left} ${rest}` : "";
  };
  field.addEventListener("input", show);
  show();
};

export const dress = (form) => {
  for (const area of form.querySelectorAll(".editor textarea")) {
    const box = area.closest(".editor");
    const bar = template.content.firstElementChild.cloneNode(true);
    bar.setAttribute("aria-controls", area.id);
    bar.addEventListener("mousedown", (event) => event.preventDefault());
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) mark(area, button.dataset.mark);
    });
    area.after(bar);
    complete(area, box);
    area.addEventListener("keydown", (event) => {
      const name = { b: "bold", i: "italic", k: "link" }[event.key];
      if (!name || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      mark(area, name);
    });
  }
  form.querySelectorAll("[maxlength]").forEach(count);
};
