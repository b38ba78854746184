// Story six: somebody signs in without a password, and a stolen password is not enough.
import type { CDPSession, Page } from '@playwright/test';

import { expectNoSidewaysScroll } from '../kit/accessibility';
import { expect, signIn, test } from '../kit/story';

/** A device with a fingerprint reader, which says yes at once; `answers` makes it wait or go on. */
async function device(page: Page): Promise<{ answers: (enabled: boolean) => Promise<void> }> {
  const devtools: CDPSession = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    answers: async (enabled) => {
      await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
    },
  };
}

const main = (page: Page) => page.getByRole('main');

test('a passkey signs in, stands in for a code, and is removed', async ({ page, context, accessible, demo: { association } }) => {
  const account = association.accounts.find(({ handle }) => handle === 'dani')!;
  const at = (path: string) => new URL(path, association.url).href;
  const { answers } = await device(page);
  const typePassword = async () => {
    await context.clearCookies();
    await page.goto(at('/sign-in?next=/people'));
    await page.locator('[name=handle]').fill(account.handle);
    await page.locator('[name=password]').fill(account.password);
    await main(page).getByRole('button', { name: 'Sign in', exact: true }).click();
  };

  await signIn(page, association, account);
  await page.goto(at('/settings/second-factor'));
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await page.locator('[name=current]').fill('not the password');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.locator('.error-summary')).toBeVisible();
  await page.locator('[name=current]').fill(account.password);
  await page.locator('[name=name]').fill('Work laptop');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await accessible(page);
  await page.getByRole('button', { name: 'Create the passkey' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your recovery codes');
  const codes = await main(page).locator('.code').allTextContents();
  expect(codes).toHaveLength(10);
  await page.goto(at('/settings/second-factor'));
  await expect(main(page)).toContainText('Work laptop');
  await accessible(page);
  await expectNoSidewaysScroll(page);

  await context.clearCookies();
  await page.goto(at('/sign-in?next=/people'));
  await accessible(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page).toHaveURL(at('/people'));

  await typePassword();
  await expect(page, 'the passkey answers at once').toHaveURL(at('/people'));

  await answers(false);
  await typePassword();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Enter the code');
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await page.locator('[name=code]').fill(codes[0]);
  await main(page).getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(at('/people'));
  await answers(true);

  await page.goto(at('/settings/second-factor'));
  await expect(main(page)).toContainText('9 recovery codes');
  await page.locator('[name=current]').fill(account.password);
  await page.getByRole('button', { name: 'Remove (Work laptop)' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Removed' })).toBeVisible();
  await expect(main(page).locator('.list')).toHaveCount(0);

  await context.clearCookies();
  await page.goto(at('/sign-in'));
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.locator('.error-summary')).toContainText('isn’t known here');
  await typePassword();
  await expect(page, 'the password is enough again').toHaveURL(at('/people'));
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the page of a passkey says what it needs', async ({ page, accessible, demo: { alliance } }) => {
    await page.goto(new URL('/sign-in', alliance.url).href);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expect(page.locator('noscript p')).toBeVisible();
    await accessible(page);
  });
});
