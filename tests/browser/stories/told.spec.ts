// Story nine: threads are found by their tags, and people are told of what is written to them, as they choose.
import { type Page } from '@playwright/test';

import { expectNoSidewaysScroll } from '../kit/accessibility';
import { fill, form, send, speak } from '../kit/page';
import { expect, signIn, test } from '../kit/story';

const main = (page: Page) => page.getByRole('main');
const DEBRIEF = 'A twelve-minute debrief that fits into a shift';
const FEEDBACK = 'How do you give feedback when you have three minutes?';

test('a facilitator keeps tags, and threads are found by them', async ({ page, accessible, demo: { faculty } }) => {
  const at = (path: string) => new URL(path, faculty.url).href;
  const tags = at('/c/clinician-educators/tags');
  await signIn(page, faculty, faculty.accounts.find(({ handle }) => handle === 'samuel')!);
  await page.goto(tags);
  await accessible(page);
  await fill(page, { tag_en: 'Feedback', tag_fr: 'Rétroaction' });
  await send(page);
  await fill(page, { tag_en: 'Debriefing', tag_fr: 'Débreffage' });
  await send(page);
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await fill(page, { tag_en: 'feedback' });
  await send(page);
  await expect(page.locator('.error-summary'), 'its name is taken').toBeVisible();

  await page.goto(at('/c/clinician-educators/discussions'));
  await main(page).getByRole('link', { name: FEEDBACK }).first().click();
  await main(page).getByText('Change the tags').click();
  const choice = main(page).locator('details form', { has: page.locator('[name=tags]') });
  await choice.getByRole('checkbox', { name: 'Debriefing' }).check();
  await choice.getByRole('button').click();
  await accessible(page);
  await main(page).getByRole('link', { name: 'Debriefing' }).first().click();
  await expect(page).toHaveURL(/tag=debriefing/);
  await expect(page.locator('.thread-row')).toHaveCount(1);
  await accessible(page);
  const former = page.url();

  await page.goto(tags);
  await main(page).getByRole('link', { name: 'Rename (Debriefing)' }).click();
  await accessible(page);
  await fill(page, { tag_en: 'Hot debrief' });
  await send(page);
  await page.goto(former);
  await expect(page).toHaveURL(/tag=hot-debrief/);
  await speak(page, 'fr');
  await expect(main(page)).toContainText('Débreffage');
  await accessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);
  await speak(page, 'en');
});

test('somebody is told of a reply by mail, and ends that by one click', async ({ page: mail, accessible, demo: { faculty } }) => {
  const at = (path: string) => new URL(path, faculty.url).href;
  const jo = faculty.accounts.find(({ handle }) => handle === 'jo')!;
  await mail.goto(at('/demo/mail/jo'));
  await accessible(mail);
  const told = main(mail).locator('article', { hasText: `Re: ${DEBRIEF}` }).first();
  await expect(told).toContainText('replied to you');
  await told.getByRole('link', { name: 'Read and reply' }).click();
  await expect(mail.getByRole('heading', { level: 1 })).toHaveText(DEBRIEF);
  await mail.goBack();
  await told.getByRole('link', { name: 'Stop these messages' }).click();
  await accessible(mail);
  await form(mail).getByRole('button').click();
  await expect(main(mail).locator('.intro')).toBeVisible();
  await accessible(mail);

  await signIn(mail, faculty, jo);
  await mail.goto(at('/settings/notices'));
  await accessible(mail);
  await expect(mail.locator('#typed [name=written]')).toHaveValue('never');
  const choices = mail.locator('#typed');
  await choices.locator('[name=written]').selectOption('daily');
  await choices.locator('[name=hour]').selectOption('7');
  await choices.getByRole('button', { name: 'Save' }).click();
  await expect(choices.locator('[name=written]')).toHaveValue('daily');
  await expect(choices.locator('[name=hour]')).toHaveValue('7');
  await mail.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(mail);
});

test('people choose in a poll, and see what others chose', async ({ page, accessible, demo: { faculty } }) => {
  const at = (path: string) => new URL(path, faculty.url).href;
  await signIn(page, faculty, faculty.accounts.find(({ handle }) => handle === 'samuel')!);
  await page.goto(at('/c/clinician-educators/new?kind=poll'));
  await accessible(page);
  await fill(page, { title: 'Which evening suits you?', body: 'We meet once a month.', choices: 'Monday' });
  await form(page).getByRole('button', { name: 'Publish' }).click();
  await expect(page.locator('.error-summary'), 'one choice is none').toBeVisible();
  await accessible(page);
  await fill(page, { choices: 'Monday\nTuesday\nThursday' });
  await form(page).getByRole('button', { name: 'Publish' }).click();
  const poll = main(page).locator('#poll');
  await expect(poll).toContainText('Open until');
  await accessible(page);
  await poll.getByRole('radio', { name: 'Tuesday' }).check();
  await poll.getByRole('button', { name: 'Vote' }).click();
  await expect(poll).toContainText('100%');
  await expect(poll.locator('time'), 'the end is told once').toHaveCount(1);
  await expect(poll.locator('dd')).toHaveCount(0);
  await accessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await speak(page, 'fr');
  await expect(poll).toContainText('Ouvert jusqu’au');
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await speak(page, 'en');
});
