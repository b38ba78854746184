// Story two: somebody founds a community and says the first word in it. It works the same without JavaScript.
import { expectNoSidewaysScroll } from '../kit/accessibility';
import { fill, send } from '../kit/page';
import { expect, picture, signIn, test } from '../kit/story';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('a member founds a community and posts', async ({ page, accessible, demo: { alliance } }) => {
      const handle = javaScriptEnabled ? 'wound-care' : 'foot-care';
      await signIn(page, alliance, alliance.accounts[1]);
      await page.goto(new URL('/communities/new', alliance.url).href);
      await accessible(page);
      await expectNoSidewaysScroll(page);

      await fill(page, {
        handle,
        name_en: `Care at home: ${handle}`,
        purpose_en: 'We compare notes on dressings that last a weekend.',
        purposes: 'learn',
        domain_en: 'Healing, at home, with *what is in the cupboard*.',
        community_en: 'Nurses, pharmacists and the people we visit.',
        practice_en: 'A photograph, a question, an answer within two days.',
        languages: 'en',
      });
      await send(page);
      // The second of the two is like the first.
      const similar = page.getByRole('button', { name: 'Start it all the same' });
      if (await similar.count()) {
        await accessible(page);
        await similar.click();
      }
      await expect(page).toHaveURL(new RegExp(`/c/${handle}`));
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Care at home: ${handle}`);
      await expect(page.getByRole('main').locator('em')).toHaveText('what is in the cupboard');
      await accessible(page);
      await expectNoSidewaysScroll(page);

      await page.getByRole('link', { name: 'Ask', exact: true }).first().click();
      await accessible(page);
      await fill(page, {
        title: 'Which foam dressings survive a shower?',
        body: 'We change them **twice a day** now. What do you use?',
      });
      await send(page);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Which foam dressings survive a shower?');
      await expect(page.getByRole('article').locator('strong', { hasText: 'twice a day' })).toBeVisible();
      await accessible(page);
      await expectNoSidewaysScroll(page);

      await test.step('a reply appears below it', async () => {
        await fill(page, { body: 'The ones with a silicone border, four days.' });
        await send(page);
        await expect(page.getByRole('article').filter({ hasText: 'silicone border' })).toBeVisible();
        await accessible(page);
      });
    });
  });
}

test('a visitor looks around', async ({ page, accessible, demo: { alliance } }) => {
  for (const path of ['/', '/communities', '/people', '/organizations', '/search?q=the', '/sign-in', '/sign-up', '/nowhere']) {
    await page.goto(new URL(path, alliance.url).href);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await accessible(page);
    await expectNoSidewaysScroll(page);
  }
  await page.goto(new URL('/c/safer-supply', alliance.url).href);
  await accessible(page);
  await page.goto(new URL('/c/safer-supply/discussions', alliance.url).href);
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await page.getByRole('main').getByRole('listitem').getByRole('heading').first().getByRole('link').click();
  await expect(page.getByRole('article').first()).toBeVisible();
  await accessible(page);
  await expectNoSidewaysScroll(page);
});

test('a member sees what is new', async ({ page, accessible, demo: { alliance } }) => {
  await signIn(page, alliance, alliance.accounts.find(({ handle }) => handle === 'grace')!);
  for (const path of ['/', '/notices', '/communities']) {
    await page.goto(new URL(path, alliance.url).href);
    await accessible(page);
    await expectNoSidewaysScroll(page);
  }
  const discussions = new URL('/c/safer-supply/discussions', alliance.url).href;
  const rows = page.getByRole('main').getByRole('list').last().getByRole('listitem');
  await page.goto(discussions);
  const fresh = await rows.filter({ hasText: 'New' }).count();
  expect(fresh).toBeGreaterThan(2);
  for (const title of ['A one-page consent script', 'Moving a client’s file']) {
    await page.getByRole('link', { name: title }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(title);
    await page.goto(discussions);
  }
  await expect(rows.filter({ hasText: 'New' })).toHaveCount(fresh - 2);
  await accessible(page);
  await expectNoSidewaysScroll(page);
  await picture(page, 'community', page.getByRole('main').getByRole('list').last());
});
