// Story one: an organization has just started its server. It works the same without JavaScript.
import { expectNoSidewaysScroll } from '../kit/accessibility';
import { fill, send } from '../kit/page';
import { expect, test } from '../kit/story';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('an administrator sets up an instance', async ({ page, empty, accessible }) => {
      await page.goto(empty.setup);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      await accessible(page);
      await expectNoSidewaysScroll(page);

      await test.step('a mistake is told at its field, and nothing typed is lost', async () => {
        await fill(page, {
          name_en: 'Riverside Health Network',
          name_fr: 'Réseau de santé Riverside',
          languages: 'en',
          registration: 'anyone',
          admin_name: 'Ines Marchetti',
          handle: 'ines',
          password: 'short',
        });
        await send(page);
        await expect(page.getByRole('alert')).toBeVisible();
        const password = page.locator('[name=password]');
        await expect(password).toHaveAttribute('aria-invalid', 'true');
        await expect(password).toHaveAccessibleDescription(/\w/);
        await expect(page.locator('[name=name_fr]')).toHaveValue('Réseau de santé Riverside');
        await expect(page.locator('[name=handle]')).toHaveValue('ines');
        await accessible(page);
      });

      await fill(page, { password: 'heron by the river 9' });
      await send(page);
      await expect(page).not.toHaveURL(/setup/);

      await test.step('the setup is closed afterwards', async () => {
        await page.goto(empty.setup);
        await expect(page.locator('[name=password]')).toHaveCount(0);
        await accessible(page);
      });

      await test.step('the administrator can sign in and sees the organization by its name', async () => {
        await page.context().clearCookies();
        await page.goto(new URL('/sign-in', empty.url).href);
        await accessible(page);
        await fill(page, { handle: 'ines', password: 'heron by the river 9' });
        await send(page);
        await expect(page).not.toHaveURL(/sign-in/);
        await expect(page.getByRole('banner')).toContainText('Riverside Health Network');
        await page.goto(new URL('/admin', empty.url).href);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await accessible(page);
      });
    });
  });
}
