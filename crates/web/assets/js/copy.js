// "Copy link" copies the address, and says so in its place. On a phone that has a share sheet it opens that.
const shares = navigator.share && matchMedia("(pointer: coarse)").matches;
for (const link of document.querySelectorAll("a[data-copy]")) {
  link.setAttribute("aria-live", "polite");
  const text = link.lastChild;
  const said = link.closest("[data-copied]").dataset;
  if (shares) text.textContent = said.share;
  const label = text.textContent;
  let timer;
  link.addEventListener("click", async (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || !(shares || navigator.clipboard)) return;
    event.preventDefault();
    try {
      if (shares) {
        await navigator.share({ title: document.title, url: link.href });
        return;
      }
      await navigator.clipboard.writeText(link.href);
    } catch (error) {
      // Closing the share sheet is no failure.
      if (error.name !== "AbortError") location.assign(link.href);
      return;
    }
    text.textContent = said.copied;
    clearTimeout(timer);
    timer = setTimeout(() => { text.textContent = label; }, 2000);
  });
}
