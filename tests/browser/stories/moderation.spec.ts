// Story thirteen: a member reports a post, a facilitator removes it with a reason, and its author asks for it back.
import { type Page } from '@playwright/test';

import { expectNoSidewaysScroll } from '../kit/accessibility';
import { fill, form, send, speak } from '../kit/page';
import { expect, signIn, test } from '../kit/story';

const main = (page: Page) => page.getByRole('main');

test('a post is reported, removed, and asked back', async ({ page, browser, accessible, demo: { association } }) => {
  const at = (path: string) => new URL(path, association.url).href;
  const account = (name: string) => association.accounts.find(({ handle }) => handle === name)!;
  await signIn(page, association, account('maude'));
  await page.goto(at('/c/family-partners/new'));
  await speak(page, 'en');
  await fill(page, { title: 'Looms for sale', body: 'Ask me for the price.' });
  await page.locator('#typed').getByRole('button', { name: 'Publish' }).click();
  await expect(main(page)).toContainText('Ask me for the price.');
  const thread = page.url().split('?')[0]!;

  const luc = await (await browser.newContext()).newPage();
  await signIn(luc, association, account('luc'));
  await luc.goto(thread);
  await speak(luc, 'fr');
  await main(luc).locator('.post > footer').first().getByRole('link', { name: 'Signaler' }).click();
  await accessible(luc);
  await send(luc);
  await expect(luc.locator('.error-summary'), 'a reason is missing').toBeVisible();
  await fill(luc, { why: 'spam', text: 'C’est une annonce.' });
  await send(luc);
  await expect(main(luc)).toContainText('Votre signalement est envoyé');
  await luc.close();

  const dani = await (await browser.newContext()).newPage();
  await signIn(dani, association, account('dani'));
  await dani.goto(at('/c/family-partners'));
  await dani.getByRole('link', { name: 'Moderation' }).first().click();
  await accessible(dani);
  await expect(main(dani)).toContainText('C’est une annonce.');
  await dani.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(dani);
  await main(dani).getByRole('link', { name: 'Decide (Maude' }).click();
  await accessible(dani);
  await expectNoSidewaysScroll(dani);
  await fill(dani, { reason: 'No advertising, please.' });
  await form(dani).getByRole('button', { name: 'Remove the post' }).click();
  await expect(main(dani)).toContainText('Removed');
  await accessible(dani);
  await dani.goto(at('/c/family-partners/moderation/log'));
  await accessible(dani);
  await expect(main(dani)).toContainText('No advertising, please.');
  await dani.close();

  await page.goto(thread);
  await speak(page, 'en');
  await expect(main(page)).toContainText('No advertising, please.');
  await main(page).getByRole('link', { name: 'See why' }).click();
  await accessible(page);
  await fill(page, { text: 'I give the money to the ward.' });
  await send(page);
  await expect(main(page)).toContainText('You have asked for this post back');
  await accessible(page);
});
