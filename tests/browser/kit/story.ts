// `test` for stories: `empty` is an instance nobody has set up, `demo` the three
// organizations, one start a worker; `accessible(page)` lets axe-core look at a page.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test as base, type Cookie, expect, type Locator, type Page } from '@playwright/test';

import { expectAccessible, expectAccessibleUnscripted } from './accessibility';
import { type Account, type Instance, Server } from './server';

interface Organizations {
  alliance: Instance;
  faculty: Instance;
  association: Instance;
}

interface Kit {
  empty: { url: string; setup: string };
  accessible: (page: Page) => Promise<void>;
}

export const test = base.extend<Kit, { demo: Organizations }>({
  accessible: async ({ browser, javaScriptEnabled }, use) => {
    await use((page) =>
      javaScriptEnabled === false ? expectAccessibleUnscripted(browser, page) : expectAccessible(page),
    );
  },
  empty: async ({}, use) => {
    const { server, url, setup } = await Server.empty();
    await use({ url, setup });
    await server.stop();
  },
  demo: [
    async ({}, use) => {
      const { server, instances } = await Server.demo();
      const named = (name: string) => instances.find(({ url }) => new URL(url).hostname.startsWith(name))!;
      await use({ alliance: named('alliance'), faculty: named('faculty'), association: named('association') });
      await server.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

/** The sessions of this worker's demo, by the instance's address and the account. */
const sessions = new Map<string, Cookie[]>();

/**
 * Signs an account in: the first time through the form, as a person does, and later with the session of that time while
 * it lasts, since an address may sign in ten times at once and twice a minute.
 */
export async function signIn(page: Page, instance: Instance, account: Account): Promise<void> {
  const key = `${account.handle} ${instance.url}`;
  const kept = sessions.get(key);
  if (kept) {
    await page.context().addCookies(kept);
    await page.goto(instance.url);
    if (await page.getByRole('banner').locator('form[action="/sign-out"]').count()) return;
  }
  await page.goto(new URL('/sign-in', instance.url).href);
  await page.locator('[name=handle]').fill(account.handle);
  await page.locator('[name=password]').fill(account.password);
  await page.locator('[name=password]').press('Enter');
  await expect(page).not.toHaveURL(/sign-in/);
  const cookies = await page.context().cookies(instance.url);
  sessions.set(
    key,
    cookies.filter(({ name }) => name === 'hedgerow'),
  );
}

/**
 * Writes a picture for the documentation, from the top of the page to a little below `last`, where `SCREENSHOTS` names
 * a folder from the top of the repository.
 */
export async function picture(page: Page, name: string, last: Locator): Promise<void> {
  if (!process.env.SCREENSHOTS) return;
  const folder = resolve('../..', process.env.SCREENSHOTS);
  await mkdir(folder, { recursive: true });
  const { width } = page.viewportSize()!;
  const box = (await last.boundingBox())!;
  const clip = { x: 0, y: 0, width, height: Math.ceil(box.y + box.height) + 76 };
  await page.screenshot({ path: join(folder, `${name}.png`), clip, fullPage: true });
}

export { expect };
