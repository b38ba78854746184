// Walks through a page with the Tab key, as somebody does who uses no mouse.
import { expect, type Page } from '@playwright/test';

/** Stops of a page that are looked at; long lists repeat what was seen. */
const STOPS_MAX = 120;

/** What the focused element lacks; null once the focus has left the page. */
const LACKING = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  const name = element.outerHTML.slice(0, 120);
  const box = element.getBoundingClientRect();
  const lacking = [];
  // A field of choice is marked by the label around it, a group of fields by the group.
  let marked = false;
  for (let at = element, steps = 0; at && steps < 4; at = at.parentElement, steps += 1) {
    const style = getComputedStyle(at);
    marked ||= style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  }
  if (!marked) lacking.push('it is not marked');
  if (box.width < 1 || box.height < 1) lacking.push('it has no size');
  // Parts of links on several lines each have a box of their own.
  const boxes = [...element.getClientRects()].filter((one) => one.width >= 1 && one.height >= 1);
  const seen = boxes.some((one) => {
    const x = Math.min(Math.max(one.left + one.width / 2, 0), innerWidth - 1);
    return [0.5, 0.1, 0.9].some((part) => {
      const y = one.top + one.height * part;
      if (y < 0 || y >= innerHeight) return false;
      const top = document.elementFromPoint(x, y);
      return top && (element.contains(top) || top.contains(element) || top.closest('label')?.contains(element));
    });
  });
  if (!seen) lacking.push('nothing of it is seen');
  for (const bar of document.querySelectorAll('.top-bar, .bottom-bar')) {
    const over = bar.getBoundingClientRect();
    if (over.height < 1 || bar.contains(element) || element.classList.contains('skip-link')) continue;
    const isUnder = boxes.some((one) => one.bottom > over.top + 1 && one.top < over.bottom - 1 && one.right > over.left && one.left < over.right);
    // Of a field of several lines the browser shows the one that is written on.
    if (isUnder && box.height < 96) lacking.push('a bar covers it: ' + bar.className);
  }
  return { name, lacking: lacking.join(', ') };
})()`;

/**
 * Tabs from the top of the page to its end: the focus is always visible and never under a bar (WCAG 2.4.7, 2.4.11).
 * Returns at how many elements it stopped.
 */
export async function expectWalkable(page: Page): Promise<number> {
  // Nothing that is at work when a page opens: a field with the focus, a thread that begins at what is new.
  await page.evaluate('document.activeElement?.blur(); scrollTo(0, 0); getSelection()?.removeAllRanges()');
  const { width } = page.viewportSize()!;
  let stops = 0;
  for (; stops < STOPS_MAX; stops += 1) {
    await page.keyboard.press('Tab');
    const stop = (await page.evaluate(LACKING)) as { name: string; lacking: string } | null;
    if (!stop) break;
    expect(stop.lacking, `${stop.name} of ${page.url()} at ${width}`).toBe('');
  }
  return stops;
}
