// What every page must hold: axe-core finds nothing against WCAG 2.2 AA, and a phone needs no sideways scroll.
import AxeBuilder from '@axe-core/playwright';
import { type Browser, expect, type Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Looks in light and in dark; fails with the rule, the element and the remedy of each finding. */
export async function expectAccessible(page: Page): Promise<void> {
  // What has scrolled under the top bar is not what a finger aims at.
  await page.evaluate('scrollTo(0, 0)');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    const findings = violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help}\n  ${target.join(' ')}\n  ${failureSummary}`),
    );
    expect(findings, `axe-core on ${page.url()}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/**
 * The same for a page of a browser without JavaScript, in which axe-core could not run: its markup, as it stands,
 * is shown at the same address by a browser that has JavaScript but loads no script of the page.
 */
export async function expectAccessibleUnscripted(browser: Browser, page: Page): Promise<void> {
  const url = page.url();
  const body = await page.content();
  const context = await browser.newContext({ javaScriptEnabled: true });
  const copy = await context.newPage();
  await copy.route('**/*', (route) => {
    const request = route.request();
    if (request.url() === url) return route.fulfill({ body, contentType: 'text/html; charset=utf-8' });
    return request.resourceType() === 'script' ? route.abort() : route.continue();
  });
  await copy.goto(url);
  await expectAccessible(copy);
  await context.close();
}

/** The page fits the narrowest screen we promise, 320 pixels, and then is put back as it was. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width, `width of ${page.url()} on a small phone`).toBeLessThanOrEqual(320);
  if (before) await page.setViewportSize(before);
}
