// Story five: nothing that somebody typed is lost, and the editor helps them to write.
import { type Page } from '@playwright/test';

import { expectNoSidewaysScroll } from '../kit/accessibility';
import { expect, signIn, test } from '../kit/story';

const WORDS = 'We warm the room first, and ask one question.';
const REPLY = 'Somebody reads the last minutes aloud.';

const body = (page: Page) => page.getByRole('main').locator('[name=body]');

test('a draft waits on the device until it is sent', async ({ page, demo: { alliance } }) => {
  await signIn(page, alliance, alliance.accounts[0]);
  const compose = new URL('/c/safer-supply/new?kind=question', alliance.url).href;
  await page.goto(compose);
  await page.locator('[name=title]').fill('How do you begin?');
  await body(page).fill(WORDS);
  await page.goto(new URL('/people', alliance.url).href);
  await page.goto(compose);
  await expect(body(page)).toHaveValue(WORDS);
  await expect(page.getByRole('status').filter({ hasText: 'restored' })).toBeVisible();
  await page.locator('[name=title]').fill('');
  await page.locator('#typed .form-actions .btn').first().click();
  await expect(page.locator('.error-summary')).toBeVisible();
  await page.getByRole('banner').getByRole('button', { name: 'FR' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  await expect(body(page)).toHaveValue(WORDS);
  await page.getByRole('banner').getByRole('button', { name: 'EN' }).click();
  await page.locator('[name=title]').fill('How do you begin?');
  await page.locator('#typed .form-actions .btn').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How do you begin?');
  await page.goto(compose);
  await expect(body(page)).toHaveValue('');
});

test('a reply after the session ended is sent with the password', async ({ page, context, accessible, demo: { alliance } }) => {
  const account = alliance.accounts[0];
  await signIn(page, alliance, account);
  await page.goto(new URL('/c/safer-supply/discussions', alliance.url).href);
  await page.locator('.thread-row h3 a').first().click();
  await body(page).fill(REPLY);
  await context.clearCookies();
  await page.locator('#compose .form-actions .btn').last().click();
  await expect(page.getByRole('main')).toContainText('Sign in here');
  await accessible(page);
  await page.locator('[name=sign_in_handle]').fill(account.handle);
  await page.locator('[name=sign_in_password]').fill(account.password);
  await page.locator('#typed .form-actions .btn').click();
  await expect(page.locator('.prose', { hasText: REPLY })).toHaveCount(1);
  await expect(body(page)).toHaveValue('');
});

test('the editor marks, completes names and previews', async ({ page, accessible, demo: { alliance } }) => {
  await signIn(page, alliance, alliance.accounts[0]);
  await page.goto(new URL('/c/safer-supply/new', alliance.url).href);
  const before = await page.evaluate('performance.getEntriesByType("resource").filter((it) => it.name.includes("editor")).length');
  expect(before, 'the editor is loaded when it is needed').toBe(0);
  await body(page).focus();
  const bar = page.getByRole('toolbar').first();
  await expect(bar).toBeVisible();
  await body(page).fill('calm');
  await body(page).press('Control+a');
  await bar.getByRole('button', { name: 'Bold' }).click();
  await expect(body(page)).toHaveValue('**calm**');
  await body(page).press('End');
  await body(page).pressSequentially(' says @ami');
  await expect(page.getByRole('option').first()).toContainText('@amira');
  await accessible(page);
  await body(page).press('Enter');
  await expect(body(page)).toHaveValue('**calm** says @amira ');
  await body(page).pressSequentially('and @nobody-at-all');
  await page.getByRole('button', { name: 'Preview' }).first().click();
  const preview = page.locator('.preview').first();
  await expect(preview.locator('strong').first()).toHaveText('calm');
  await expect(preview.getByRole('link', { name: /amira/ })).toBeVisible();
  await expect(preview).toContainText('@nobody-at-all');
  await expect(preview.locator('.error')).toBeVisible();
  await expectNoSidewaysScroll(page);
});
