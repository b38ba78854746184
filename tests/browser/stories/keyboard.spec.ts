// Story eleven: somebody without a mouse always sees where they are, on every kind of page.
import { type Page } from '@playwright/test';

import { expectWalkable } from '../kit/keyboard';
import { expect, signIn, test } from '../kit/story';

const OPEN = [
  '/',
  '/communities',
  '/c/safer-supply',
  '/c/safer-supply/discussions',
  '/c/safer-supply/people',
  '/c/safer-supply/about',
  '/people',
  '/u/amira',
  '/search?q=clinic',
  '/search?kind=question',
  '/about',
  '/about/privacy',
  '/sign-in',
  '/sign-up',
  '/forgotten-password',
  '/nowhere',
];
const OWN = [
  '/',
  '/notices',
  '/communities/new',
  '/c/safer-supply/new',
  '/settings/profile',
  '/settings/password',
  '/settings/second-factor',
  '/settings/mail',
  '/settings/notices',
  '/settings/sessions',
  '/settings/tokens',
];
const ADMIN = [
  '/admin',
  '/admin/accounts',
  '/admin/communities',
  '/admin/invitations',
  '/admin/peers',
  '/admin/peers/rules',
  '/admin/queue',
  '/admin/erase',
  '/admin/settings',
  '/admin/pages/about',
];
const SCREENS = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

async function walk(page: Page, url: string): Promise<void> {
  for (const screen of SCREENS) {
    await page.setViewportSize(screen);
    await page.goto(url);
    const stops = await expectWalkable(page);
    expect(stops, `${url} has more than its frame`).toBeGreaterThan(5);
  }
}

/** The first thread of a community. */
async function thread(page: Page, url: string): Promise<string> {
  await page.goto(new URL('/c/safer-supply/discussions', url).href);
  const first = page.locator('.thread-row a[href^="/p/"]').first();
  return new URL((await first.getAttribute('href'))!, url).href;
}

test('a visitor tabs through every kind of page', async ({ page, demo: { alliance } }) => {
  test.setTimeout(480_000);
  for (const path of OPEN) await walk(page, new URL(path, alliance.url).href);
  await walk(page, await thread(page, alliance.url));
});

test('a member and an administrator tab through every kind of page', async ({ page, demo: { alliance } }) => {
  test.setTimeout(600_000);
  await signIn(page, alliance, alliance.accounts[0]);
  for (const path of [...OWN, ...ADMIN]) await walk(page, new URL(path, alliance.url).href);
  const discussion = await thread(page, alliance.url);
  await walk(page, discussion);
  await walk(page, `${discussion}/history`);
});
