// Story six: what people look for stands where they look, on a small laptop and on a phone.
import { type Page } from '@playwright/test';

import { expect, signIn, test } from '../kit/story';

const PHONE = { width: 390, height: 844 };
const SEVEN = ['Accueil', 'Discussions', 'Évènements', 'Bibliothèque', 'Personnes', 'À propos', 'Gestion'];

/** The labels that reach beyond the page, or beyond the box around them. */
const CUT = `(selector) => [...document.querySelectorAll(selector)].filter((element) => {
  const text = document.createRange();
  text.selectNodeContents(element);
  const [box, label] = [element.getBoundingClientRect(), text.getBoundingClientRect()];
  const right = Math.min(box.right, document.documentElement.clientWidth);
  return label.left < Math.max(box.left, 0) - 1 || label.right > right + 1;
}).map((element) => element.textContent)`;

async function expectNothingCut(page: Page, selector: string): Promise<void> {
  expect(await page.locator(selector).count(), `${selector} on ${page.url()}`).toBeGreaterThan(0);
  const cut = await page.evaluate(`(${CUT})(${JSON.stringify(selector)})`);
  const { width } = page.viewportSize()!;
  expect(cut, `${selector} of ${page.url()} at ${width}`).toEqual([]);
  const wide = await page.evaluate('document.documentElement.scrollWidth');
  expect(wide, `width of ${page.url()}`).toBeLessThanOrEqual(width);
}

test('seven tabs in French are all there, on any screen', async ({ page, demo: { alliance } }) => {
  for (const width of [1280, 1024, 768, 390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(new URL('/c/safer-supply?lang=fr', alliance.url).href);
    await page.evaluate(`(labels => {
      const strip = document.querySelector('.tabs > div');
      strip.replaceChildren(...labels.map((label, at) => {
        const tab = strip.lastElementChild.cloneNode();
        tab.toggleAttribute('aria-current', at === 0);
        tab.textContent = label;
        return tab;
      }));
    })(${JSON.stringify(SEVEN)})`);
    await expect(page.locator('.tabs a')).toHaveCount(SEVEN.length);
    await expectNothingCut(page, '.tabs a');
  }
});

test('filters wrap on a phone', async ({ page, demo: { alliance } }) => {
  await signIn(page, alliance, alliance.accounts[0]);
  await page.setViewportSize(PHONE);
  for (const path of ['/c/safer-supply/discussions', '/communities', '/people', '/admin/accounts', '/admin/queue']) {
    for (const lang of ['en', 'fr']) {
      const url = new URL(path, alliance.url);
      url.searchParams.set('lang', lang);
      await page.goto(url.href);
      await expectNothingCut(page, '.chip');
    }
  }
});

test('a follower has the first discussion on the first screen of a phone', async ({ page, demo: { alliance } }) => {
  await signIn(page, alliance, alliance.accounts[0]);
  await page.setViewportSize(PHONE);
  for (const lang of ['en', 'fr']) {
    await page.goto(new URL(`/c/safer-supply?lang=${lang}`, alliance.url).href);
    const first = (await page.locator('.thread-row h3, .thread-row h2, .thread-row h4').first().boundingBox())!;
    const bar = (await page.locator('.bottom-bar').boundingBox())!;
    expect(first.y + first.height, lang).toBeLessThanOrEqual(bar.y);
  }
});

test.describe('in another time zone than the site', () => {
  test.use({ timezoneId: 'Asia/Tokyo' });

  test('a page without a chosen zone shows all times in the one of the browser', async ({ page, demo: { alliance } }) => {
    const url = new URL('/c/safer-supply/about', alliance.url).href;
    const period = '<time datetime="2026-12-05T17:00:00Z" data-until="2026-12-05T18:30:00Z">5 December 2026, 12:00–13:30 UTC−5</time>';
    await page.goto(url);
    const html: string = await page.evaluate('fetch(location.href).then((response) => response.text())');
    const body = html.replace('</main>', `<dl id="event"><dt>When</dt><dd>${period}</dd></dl></main>`);
    await page.route(url, (route) => route.fulfill({ body, contentType: 'text/html; charset=utf-8' }));
    await page.goto(url);
    await expect(page.locator('#event dd')).toHaveText([
      '5 December 2026, 12:00–13:30 UTC−5',
      '6 December 2026, 02:00–03:30 UTC+9',
    ]);
    await page.goto(new URL('/c/safer-supply/discussions', alliance.url).href);
    const titles = await page.evaluate('[...document.querySelectorAll("time[title]")].map((time) => time.title)');
    expect(titles).not.toHaveLength(0);
    for (const title of titles as string[]) expect(title).toMatch(/UTC\+9$/);
  });
});
