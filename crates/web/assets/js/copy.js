// "Copy link" copies the address, and says so in its place. On a phone that has a share sheet it opens that. A button
// copies the value of the field that `data-copy` names.
const shares = navigator.share && matchMedia("(pointer: coarse)").matches;
const copies = (link, copy) => {
  link.setAttribute("aria-live", "polite");
  const text = link.lastChild;
  const label = text.textContent;
  let timer;
  link.addEventListener("click", async (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (!await copy(event)) return;
    text.textContent = link.closest("[data-copied]").dataset.copied;
    clearTimeout(timer);
    timer = setTimeout(() => { text.textContent = label; }, 2000);
  });
};

// The time of a post is the link to it; another one below it copies that.
for (const foot of document.querySelectorAll("[data-link] .post > footer")) {
  const link = foot.parentNode.querySelector("small a").cloneNode();
  link.dataset.copy = "";
  link.textContent = foot.closest("[data-link]").dataset.link;
  foot.append(link);
}

for (const link of document.querySelectorAll("a[data-copy]")) {
  if (!shares && !navigator.clipboard) break;
  if (shares) link.lastChild.textContent = link.closest("[data-copied]").dataset.share;
  copies(link, async (event) => {
    event.preventDefault();
    try {
      if (shares) await navigator.share({ title: document.title, url: link.href });
      else await navigator.clipboard.writeText(link.href);
      return !shares;
    } catch (error) {
      // Closing the share sheet is no failure.
      if (error.name !== "AbortError") location.assign(link.href);
    }
  });
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  copies(button, async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      return document.execCommand("copy");
    }
  });
}
