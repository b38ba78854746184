// Story eleven: somebody without an account asks to join a community, is asked back and accepted; a facilitator hands over.
import { type Page } from '@playwright/test';

import { expectNoSidewaysScroll } from '../kit/accessibility';
import { fill, form, send, speak } from '../kit/page';
import { expect, signIn, test } from '../kit/story';

const main = (page: Page) => page.getByRole('main');
const ADDRESS = 'zoe@example.org';

/** Opens the link of the newest mail to the guest whose subject has these words; mails are sent by a job. */
async function openMail(page: Page, inbox: string, subject: RegExp): Promise<void> {
  const mail = main(page).locator('article', { has: page.getByRole('heading', { name: subject }) }).first();
  await expect(async () => {
    await page.goto(inbox);
    await expect(mail).toBeVisible({ timeout: 500 });
  }).toPass();
  await mail.locator('a.btn').click();
}

test('somebody without an account is asked back, accepted, and a member', async ({ page, browser, accessible, demo: { association } }) => {
  const at = (path: string) => new URL(path, association.url).href;
  const inbox = at(`/demo/mail/${ADDRESS}`);
  await page.goto(at('/c/palliative-volunteers'));
  await speak(page, 'fr');
  await main(page).getByRole('link', { name: 'Demander à devenir membre' }).click();
  await accessible(page);
  await fill(page, { name: 'Zoé', address: 'zoe', answer_3: '' });
  await send(page);
  await expect(page.locator('.error-summary')).toBeVisible();
  await fill(page, { address: ADDRESS, answer_3: 'Accompagner comme il faut.' });
  await send(page);
  await accessible(page);
  await openMail(page, inbox, /Confirmez votre demande/);
  await accessible(page);
  await page.getByRole('button', { name: 'Oui, envoyer ma demande' }).click();
  await expect(main(page)).toContainText('En attente');
  const own = page.url();

  const ruth = await (await browser.newContext()).newPage();
  await signIn(ruth, association, association.accounts.find(({ handle }) => handle === 'ruth')!);
  await ruth.goto(at('/c/palliative-volunteers'));
  await ruth.getByRole('link', { name: /request.? to join/ }).click();
  await accessible(ruth);
  await ruth.getByRole('link', { name: 'Zoé' }).click();
  await accessible(ruth);
  await fill(ruth, { text: 'Have you accompanied somebody before?' });
  await form(ruth).getByRole('button', { name: 'Ask a question' }).click();
  await expect(main(ruth)).toContainText('Waiting for an answer');

  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(own);
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await page.locator('#typed [name=text]').fill('Ma grand-mère, pendant un an.');
  await page.getByRole('button', { name: 'Envoyer ma réponse' }).click();
  await expect(main(page)).toContainText('En attente');

  await ruth.reload();
  await fill(ruth, { text: 'Bienvenue!' });
  await form(ruth).getByRole('button', { name: 'Accept' }).click();
  await expect(ruth).toHaveURL(/requests$/);
  await ruth.close();

  await openMail(page, inbox, /Bienvenue dans/);
  await accessible(page);
  await expect(main(page)).toContainText('Bienvenue!');
  await fill(page, { handle: 'zoe', password: 'une longue phrase de passe' });
  await page.getByRole('button', { name: 'Créer mon compte et devenir membre' }).click();
  await expect(page).toHaveURL(/palliative-volunteers$/);
  await expect(main(page).getByRole('link', { name: 'Membre' })).toBeVisible();
  await page.goto(at('/c/palliative-volunteers/people'));
  await expect(main(page)).toContainText('Zoé');
  await accessible(page);
  await expectNoSidewaysScroll(page);
});

test('the last facilitator hands over before leaving', async ({ page, accessible, demo: { association } }) => {
  const at = (path: string) => new URL(path, association.url).href;
  await signIn(page, association, association.accounts.find(({ handle }) => handle === 'maude')!);
  await speak(page, 'en');
  await page.goto(at('/c/paediatric-rehab/requests'));
  await accessible(page);
  await page.getByRole('checkbox', { name: /Luc/ }).check();
  await main(page).getByRole('button', { name: 'Accept the chosen ones' }).click();
  await expect(main(page)).toContainText('No requests here');
  await page.goto(at('/c/paediatric-rehab/joining'));
  await accessible(page);
  await fill(page, { policy: 'open' });
  await send(page);

  await page.goto(at('/c/paediatric-rehab/leave'));
  await accessible(page);
  await main(page).getByRole('button', { name: 'Leave the community' }).click();
  await expect(main(page)).toContainText('A community keeps a facilitator');
  await page.goto(at('/c/paediatric-rehab/people'));
  await main(page).getByRole('link', { name: /Change role.*Luc/ }).click();
  await accessible(page);
  await main(page).getByRole('radio', { name: /Facilitator/ }).check();
  await main(page).getByRole('button', { name: 'Save' }).click();
  await page.goto(at('/c/paediatric-rehab/leave'));
  await main(page).getByRole('button', { name: 'Leave the community' }).click();
  await expect(main(page).getByRole('link', { name: 'Join', exact: true })).toBeVisible();
  await accessible(page);
});
