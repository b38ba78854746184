// Story sixteen: a community that is planned opens; people say to which organization they belong.
import { type Page } from '@playwright/test';

import { expectNoSidewaysScroll } from '../kit/accessibility';
import { fill, send, speak } from '../kit/page';
import { expect, signIn, test } from '../kit/story';

const main = (page: Page) => page.getByRole('main');

test('a planned community is announced, and opens', async ({ page, browser, accessible, demo: { faculty } }) => {
  const at = (path: string) => new URL(path, faculty.url).href;
  const visitor = await (await browser.newContext()).newPage();
  await visitor.goto(at('/communities?purpose=act&stage=planned'));
  await accessible(visitor);
  await expectNoSidewaysScroll(visitor);
  await main(visitor).getByRole('link', { name: 'Planetary Health in the Curriculum' }).click();
  await expect(main(visitor)).toContainText('opens on 18 January 2027');
  await expect(main(visitor).getByRole('link', { name: 'Ask', exact: true })).toHaveCount(0);
  await accessible(visitor);

  await signIn(page, faculty, faculty.accounts.find(({ handle }) => handle === 'ines')!);
  await page.goto(at('/c/planetary-health/edit'));
  await speak(page, 'en');
  await main(page).getByRole('link', { name: 'Stage and purposes' }).click();
  await accessible(page);
  await fill(page, { stage: 'planned', opens_on: 'in spring' });
  await send(page);
  await expect(page.locator('.error-summary')).toBeVisible();
  await expect(page.locator('[name=opens_on]')).toHaveValue('in spring');
  await accessible(page);
  await fill(page, { stage: 'incubating', opens_on: '' });
  await send(page);
  await expect(main(page)).toContainText('The community is getting started.');
  await accessible(page);

  await page.goto(at('/c/planetary-health/timeline'));
  await accessible(page);
  await fill(page, { on_day: '2027-02-01', milestone_en: 'First meeting', milestone_fr: 'Première rencontre' });
  await send(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await speak(page, 'fr');
  await expect(main(page)).toContainText('Première rencontre');
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await visitor.goto(at('/c/planetary-health'));
  await expect(main(visitor).getByRole('link', { name: 'Ask', exact: true })).toHaveCount(1);
  await visitor.close();
});

test('people say to which organization they belong', async ({ page, browser, accessible, demo: { faculty } }) => {
  const at = (path: string) => new URL(path, faculty.url).href;
  await signIn(page, faculty, faculty.accounts[0]);
  await page.goto(at('/admin/organizations'));
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await fill(page, { organization_en: 'Larchmere Regional Hospital', place: 'Larchmere', ror: '03yrm5c27' });
  await send(page);
  await expect(page.locator('.error-summary'), 'a wrong checksum').toBeVisible();
  await accessible(page);
  await fill(page, { ror: '03yrm5c26' });
  await send(page);
  await expect(main(page)).toContainText('Larchmere Regional Hospital');

  const jo = await (await browser.newContext()).newPage();
  await signIn(jo, faculty, faculty.accounts.find(({ handle }) => handle === 'jo')!);
  await jo.goto(at('/settings/profile'));
  await main(jo).getByRole('link', { name: 'Choose organizations you belong to' }).click();
  await accessible(jo);
  await jo.locator('[name=affiliation]').selectOption({ label: 'Larchmere Regional Hospital' });
  await main(jo).getByRole('button', { name: 'Add', exact: true }).click();
  await expect(main(jo)).toContainText('Not confirmed');
  await jo.setViewportSize({ width: 390, height: 844 });
  await speak(jo, 'fr');
  await accessible(jo);
  await expectNoSidewaysScroll(jo);
  await jo.goto(at('/organizations'));
  await main(jo).getByRole('link', { name: 'Larchmere Regional Hospital' }).click();
  await accessible(jo);
  await expectNoSidewaysScroll(jo);
  // The language is the account's: later stories read English.
  await speak(jo, 'en');
  await jo.close();
});

test('a visitor writes to a contact of a community', async ({ page, accessible, demo: { alliance } }) => {
  await page.goto(new URL('/c/safer-supply/about', alliance.url).href);
  await accessible(page);
  await main(page).getByRole('link', { name: 'Write to them' }).click();
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await fill(page, { to: '2', name: 'Zoe', address: 'zoe', text: 'Do you meet this month?' });
  await send(page);
  await expect(page.locator('.error-summary')).toBeVisible();
  await expect(page.locator('[name=text]')).toHaveValue('Do you meet this month?');
  await page.setViewportSize({ width: 390, height: 844 });
  await speak(page, 'fr');
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await fill(page, { address: 'zoe@example.org' });
  await send(page);
  await expect(page).toHaveURL(/safer-supply$/);
});
