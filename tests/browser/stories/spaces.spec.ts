// Story twelve: a facilitator opens a space for members, and writes there; nobody else knows of it.
import { type Page } from '@playwright/test';

import { expectNoSidewaysScroll } from '../kit/accessibility';
import { fill, send, speak } from '../kit/page';
import { expect, signIn, test } from '../kit/story';

const main = (page: Page) => page.getByRole('main');

test('what is written for members is for members', async ({ page, browser, accessible, demo: { association } }) => {
  const at = (path: string) => new URL(path, association.url).href;
  await signIn(page, association, association.accounts.find(({ handle }) => handle === 'dani')!);
  await page.goto(at('/c/family-partners/edit'));
  await main(page).getByRole('link', { name: 'Spaces' }).click();
  await accessible(page);
  await send(page);
  await expect(page.locator('.error-summary'), 'a name is missing').toBeVisible();
  await fill(page, { space_en: 'Among families', space_fr: 'Entre familles', access: 'members' });
  await send(page);
  await expect(main(page)).toContainText('members of the community');
  await accessible(page);

  await page.goto(at('/c/family-partners/new'));
  await page.locator('[name=space]').selectOption({ label: 'Among families (members of the community)' });
  await accessible(page);
  await fill(page, { title: 'A difficult week', body: 'Only for us.' });
  await page.locator('#typed').getByRole('button', { name: 'Publish' }).click();
  await expect(main(page)).toContainText('Only members of the community read what you write here');
  await accessible(page);
  const thread = page.url();

  const ruth = await (await browser.newContext()).newPage();
  await signIn(ruth, association, association.accounts.find(({ handle }) => handle === 'ruth')!);
  const answer = await ruth.goto(thread);
  expect(answer!.status()).toBe(404);
  await ruth.goto(at('/c/family-partners/discussions'));
  await expect(main(ruth)).not.toContainText('Among families');
  await ruth.close();

  await page.setViewportSize({ width: 390, height: 844 });
  await speak(page, 'fr');
  await expect(main(page)).toContainText('Entre familles');
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await page.goto(at('/c/family-partners/discussions'));
  await main(page).getByRole('link', { name: 'Entre familles' }).first().click();
  await expect(page.locator('.thread-row')).toHaveCount(1);
  await accessible(page);
  await expectNoSidewaysScroll(page);
});
