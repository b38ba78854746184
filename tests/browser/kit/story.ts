// `test` for stories: `empty` is an instance nobody has set up, `demo` the three
// organizations, one start a worker; `accessible(page)` lets axe-core look at a page.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test as base, expect, type Locator, type Page } from '@playwright/test';

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

/** Signs an account in through the form, as a person does. */
export async function signIn(page: Page, instance: Instance, account: Account): Promise<void> {
  await page.goto(new URL('/sign-in', instance.url).href);
  await page.locator('[name=handle]').fill(account.handle);
  await page.locator('[name=password]').fill(account.password);
  await page.locator('[name=password]').press('Enter');
  await expect(page).not.toHaveURL(/sign-in/);
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
