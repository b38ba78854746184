// Story twelve: a facilitator invites from a list, which is shown before anything is sent; whoever is invited joins.
import { type Page } from '@playwright/test';

import { expectNoSidewaysScroll } from '../kit/accessibility';
import { fill, form, send, speak } from '../kit/page';
import { expect, signIn, test } from '../kit/story';

const main = (page: Page) => page.getByRole('main');
const ADDRESS = 'noor@mill.example';
const LIST = 'Nom;Courriel;Langue;Mot\nNoor;noor@mill.example;fr;À mardi!\nEve;eve at mill;en;\nNoor;NOOR@mill.example;fr;\n';

test('a facilitator invites from a list, and somebody without an account joins', async ({ page, browser, accessible, demo: { association } }) => {
  const at = (path: string) => new URL(path, association.url).href;
  await signIn(page, association, association.accounts.find(({ handle }) => handle === 'ruth')!);
  await page.goto(at('/c/palliative-volunteers/people'));
  await speak(page, 'fr');
  await main(page).getByRole('link', { name: 'Inviter un·e collègue' }).click();
  await accessible(page);
  await main(page).getByRole('link', { name: 'À partir d’une liste' }).click();
  await accessible(page);
  await send(page);
  await expect(page.locator('.error-summary')).toContainText('Choisissez un fichier');
  // Excel saves French lists in Windows-1252.
  const buffer = Buffer.from(LIST, 'latin1');
  await form(page).locator('[name=file]').setInputFiles({ name: 'liste.csv', mimeType: 'text/csv', buffer });
  await send(page);
  await expect(main(page)).toContainText('1 personne sera invitée');
  await expect(main(page)).toContainText('2 lignes sont laissées de côté');
  await expect(main(page)).toContainText('Ce n’est pas une adresse courriel');
  await accessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);
  await speak(page, 'en');
  await expect(main(page)).toContainText('The same address is in an earlier row');
  await accessible(page);
  await main(page).getByRole('button', { name: 'Send the invitations' }).click();
  await expect(page).toHaveURL(/invitations$/);
  await expect(async () => {
    await page.reload();
    await expect(main(page)).toContainText(ADDRESS, { timeout: 500 });
  }).toPass();
  await accessible(page);

  const noor = await (await browser.newContext()).newPage();
  const mail = main(noor).locator('article', { has: noor.getByRole('heading', { name: /vous invite dans/ }) }).first();
  await expect(async () => {
    await noor.goto(at(`/demo/mail/${ADDRESS}`));
    await expect(mail).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(mail).toContainText('À mardi!');
  await mail.locator('a.btn').click();
  await speak(noor, 'fr');
  await accessible(noor);
  await fill(noor, { handle: 'noor', password: 'une longue phrase de passe', rhythm: 'daily' });
  await send(noor);
  await expect(noor).toHaveURL(/palliative-volunteers$/);
  await expect(main(noor).getByRole('link', { name: 'Membre' })).toBeVisible();
  await noor.close();

  await page.reload();
  await expect(main(page)).toContainText('Accepted');
  await page.goto(at('/notices'));
  await expect(main(page)).toContainText('has accepted your invitation to');
});

test('an invitation waits in the menu, and a link admits', async ({ page, accessible, demo: { alliance } }) => {
  const at = (path: string) => new URL(path, alliance.url).href;
  await signIn(page, alliance, alliance.accounts.find(({ handle }) => handle === 'priya')!);
  await speak(page, 'en');
  await page.locator('details.menu > summary').click();
  await page.getByRole('link', { name: 'Invitations (1)' }).click();
  await accessible(page);
  await main(page).getByRole('button', { name: /^Join/ }).click();
  await expect(page).toHaveURL(/data-coordinators$/);
  await page.goto(at('/invitations'));
  await expect(main(page)).toContainText('No invitations are waiting for you');
  await accessible(page);
});
