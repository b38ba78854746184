// "Copy link" copies the address of a post, and says so in its place.
for (const link of document.querySelectorAll("a[data-copy]")) {
  link.setAttribute("aria-live", "polite");
  link.addEventListener("click", async (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || !navigator.clipboard) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href);
    } catch {
      location.assign(link.href);
      return;
    }
    const text = link.lastChild;
    const label = text.textContent;
    text.textContent = link.closest("[data-copied]").dataset.copied;
    setTimeout(() => { text.textContent = label; }, 2000);
  });
}
