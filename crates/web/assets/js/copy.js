// "Copy link" copies the address of a post, and says so in its place.
for (const link of document.querySelectorAll("a[data-copy]")) {
  link.setAttribute("aria-live", "polite");
  const text = link.lastChild;
  const label = text.textContent;
  let timer;
  link.addEventListener("click", async (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || !navigator.clipboard) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href);
    } catch {
      location.assign(link.href);
      return;
    }
    text.textContent = link.closest("[data-copied]").dataset.copied;
    clearTimeout(timer);
    timer = setTimeout(() => { text.textContent = label; }, 2000);
  });
}
