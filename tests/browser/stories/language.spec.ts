// Story four: both languages on every page, and the switch stays where one is.
import { type Page } from '@playwright/test';

import { speak } from '../kit/page';
import { expect, signIn, test } from '../kit/story';

const OPEN = ['/', '/communities', '/c/safer-supply', '/c/safer-supply/discussions', '/c/safer-supply/about', '/c/safer-supply/people', '/about', '/about/privacy', '/about/conduct', '/about/accessibility', '/about/contact', '/people', '/search?q=clinic', '/sign-in', '/sign-up'];
const OWN = ['/', '/notices', '/me', '/settings/profile', '/settings/password', '/settings/sessions', '/settings/tokens', '/communities/new'];
const ADMIN = ['/admin', '/admin/accounts', '/admin/peers', '/admin/queue', '/admin/communities', '/admin/invitations', '/admin/settings'];

test('a visitor switches language on any page', async ({ page, accessible, demo: { alliance } }) => {
  test.setTimeout(240_000);
  for (const path of OPEN) {
    await bothLanguages(page, new URL(path, alliance.url).href);
    await accessible(page);
    await speak(page, 'en');
  }
});

test('a member and an administrator switch language on any page', async ({ page, accessible, demo: { alliance } }) => {
  test.setTimeout(240_000);
  await signIn(page, alliance, alliance.accounts[0]);
  for (const path of [...OWN, ...ADMIN]) {
    await bothLanguages(page, new URL(path, alliance.url).href);
    await accessible(page);
    await speak(page, 'en');
  }
});

/** Goes there, checks both languages, and leaves the page in French. */
async function bothLanguages(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await speak(page, 'en');
  const english = await page.getByRole('navigation').first().innerText();
  for (const lang of ['en', 'fr']) {
    await expect(page.locator(`link[rel=alternate][hreflang=${lang}]`)).toHaveCount(1);
  }
  await speak(page, 'fr');
  const french = await page.getByRole('navigation').first().innerText();
  if (english.length > 12) expect(french, url).not.toBe(english);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
}
