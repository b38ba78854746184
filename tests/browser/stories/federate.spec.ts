// Story three: a community here, a reader there, and one conversation.
import { type Page } from '@playwright/test';

import { fill, send } from '../kit/page';
import { expect, signIn, test } from '../kit/story';

test('somebody follows a remote community and replies, and the reply is seen at home', async ({ browser, page, demo, accessible }) => {
  const { alliance, faculty } = demo;
  const host = new URL(alliance.url).host;

  await test.step('at home a community is founded and a thread begun', async () => {
    await signIn(page, alliance, alliance.accounts[0]);
    await page.goto(new URL('/communities/new', alliance.url).href);
    await fill(page, { handle: 'night-shift', name_en: 'Night shift', purpose_en: 'For those who are awake.', purposes: 'learn', languages: 'en' });
    await send(page);
    await page.getByRole('link', { name: 'Share', exact: true }).first().click();
    await fill(page, { title: 'What keeps you going at four?', body: 'Mine is a thermos of soup.' });
    await send(page);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('What keeps you going at four?');
  });
  const thread = page.url();

  const context = await browser.newContext();
  const away = await context.newPage();
  await test.step('elsewhere it is found by its address, with the thread that was there before', async () => {
    await signIn(away, faculty, faculty.accounts[1]);
    await away.getByRole('banner').locator('input[name=q]').fill(`!night-shift@${host}`);
    await away.keyboard.press('Enter');
    await expect(away.getByRole('heading', { level: 1 })).toHaveText('Night shift');
    await expect(away.getByRole('main')).toContainText(host);
    await accessible(away);
    await away.getByRole('main').getByRole('button', { name: 'Follow', exact: true }).click();
    await reloadUntil(away, async () => {
      await expect(away.getByRole('main').getByRole('button', { name: /^Following/ })).toBeVisible({ timeout: 500 });
      await expect(away.getByRole('link', { name: 'What keeps you going at four?' }).first()).toBeVisible({ timeout: 500 });
    });
  });

  await test.step('a reply from elsewhere', async () => {
    await away.getByRole('link', { name: 'What keeps you going at four?' }).first().click();
    await fill(away, { body: 'The bread trolley, at ten past.' });
    await send(away);
    await expect(away.getByRole('article').filter({ hasText: 'bread trolley' })).toBeVisible();
    await accessible(away);
  });

  await test.step('is read at home, with where it came from', async () => {
    await page.goto(thread);
    const reply = page.getByRole('article').filter({ hasText: 'bread trolley' });
    await reloadUntil(page, () => expect(reply).toBeVisible({ timeout: 500 }));
    await expect(reply).toContainText(new URL(faculty.url).host);
    await accessible(page);
  });
  await context.close();
});

/** Reloads until what is awaited has arrived; pages are still, so this is what a person would do. */
async function reloadUntil(page: Page, arrived: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.reload();
    await arrived();
  }).toPass({ timeout: 20_000 });
}
