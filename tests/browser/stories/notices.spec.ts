// Story seven: a notification arrives in a page that is open, and stops when its reader's right ends; a browser shows
// one while no page is open.
import type { BrowserContext, Page } from '@playwright/test';

import { expectNoSidewaysScroll } from '../kit/accessibility';
import { fill, send } from '../kit/page';
import { expect, signIn, test } from '../kit/story';

/** Starts a discussion that mentions somebody. */
async function mention(page: Page, origin: string, handle: string, title: string): Promise<void> {
  await page.goto(new URL('/c/safer-supply/new?kind=question', origin).href);
  await fill(page, { title, body: `What do you think, @${handle}?` });
  await send(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
}

async function suspend(page: Page, origin: string, handle: string): Promise<void> {
  await page.goto(new URL(`/admin/accounts?q=${handle}`, origin).href);
  await page.locator('.item strong a').first().click();
  await page.getByRole('main').locator('a[href$="/suspend"]').click();
  await fill(page, { reason: 'Writes advertisements' });
  await send(page);
}

test('a notification appears in an open page until its reader is suspended', async ({ browser, accessible, demo: { alliance } }) => {
  const [admin, writer, reader] = alliance.accounts;
  const sessions: BrowserContext[] = [];
  const open = async (account: (typeof alliance.accounts)[number]): Promise<Page> => {
    const context = await browser.newContext();
    sessions.push(context);
    const page = await context.newPage();
    await signIn(page, alliance, account);
    return page;
  };
  const [theirs, mine, keeper] = [await open(writer), await open(reader), await open(admin)];
  await mine.goto(new URL('/communities', alliance.url).href);
  const link = mine.getByRole('banner').locator('.notices-link');
  const number = link.locator('b [aria-hidden]');
  const before = (await number.count()) ? Number(await number.textContent()) : 0;
  const focused = await mine.evaluate(() => document.activeElement?.tagName);

  await test.step('it appears without a new page', async () => {
    await mention(theirs, alliance.url, reader.handle, 'Does the shelf need a lock?');
    await expect(number).toHaveText(`${before + 1}`);
    await expect(mine).toHaveTitle(new RegExp(`^\\(${before + 1}\\) `));
    // The account's language decides, here as on every page.
    const words = await link.locator('b .sr-only').textContent();
    await expect(mine.locator('p.sr-only[role=status]').last()).toHaveText(`Notifications, ${words}`);
    expect(await mine.evaluate(() => document.activeElement?.tagName)).toBe(focused);
    await accessible(mine);
  });

  await test.step('the list says that there is more', async () => {
    await mine.goto(new URL('/notices', alliance.url).href);
    await expect(mine.locator('[data-new]')).toBeHidden();
    await mention(theirs, alliance.url, reader.handle, 'And the key?');
    await expect(mine.locator('[data-new]').getByRole('link')).toBeVisible();
    await accessible(mine);
    await expectNoSidewaysScroll(mine);
  });

  await test.step('suspended, the page is told of nothing more', async () => {
    const ended = mine.waitForResponse((answer) => answer.url().endsWith('/notices/unseen') && answer.status() === 401);
    const last = await number.textContent();
    await suspend(keeper, alliance.url, reader.handle);
    await ended;
    await mention(theirs, alliance.url, reader.handle, 'And who has it?');
    await expect(number).toHaveText(last!);
  });

  await test.step('and restored, for the other stories', async () => {
    await keeper.goto(new URL(`/admin/accounts?show=suspended&q=${reader.handle}`, alliance.url).href);
    await keeper.locator('button[formaction$="/restore"]').first().click();
    await expect(keeper.locator('p.flash:not([hidden])')).toBeVisible();
  });
  for (const session of sessions) await session.close();
});

test('a browser shows a push message and opens what it is about', async ({ page, context, accessible, demo: { alliance } }) => {
  const [, writer] = alliance.accounts;
  await context.grantPermissions(['notifications'], { origin: new URL(alliance.url).origin });
  await signIn(page, alliance, writer);
  for (const lang of ['en', 'fr']) {
    await page.goto(new URL(`/settings/notices?lang=${lang}`, alliance.url).href);
    await expect(page.locator('form[data-push] button')).toBeVisible();
    await accessible(page);
    await expectNoSidewaysScroll(page);
  }
  await page.goto(new URL('/settings/notices?lang=en', alliance.url).href);
  const devtools = await context.newCDPSession(page);
  const registered = new Promise<string>((done) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0]) done(registrations[0].registrationId);
    });
  });
  await devtools.send('ServiceWorker.enable');
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/sw.js');
    await navigator.serviceWorker.ready;
  });
  const data = { title: 'Safer supply', body: 'You have a new notification', path: '/notices', tag: 'thread-7', lang: 'en' };
  await devtools.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(alliance.url).origin,
    registrationId: await registered,
    data: JSON.stringify(data),
  });
  const shown = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const all = await registration.getNotifications();
      return all.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
    });
  const { title, body, tag, path } = data;
  await expect.poll(shown).toEqual([{ title, body, tag, data: path }]);
});
