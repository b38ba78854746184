// Words for what a person does on a page: fill in a form, send it, change the language.
import { expect, type Locator, type Page } from '@playwright/test';

/** The form of the page's main part, not the search box or the sign-out button around it. */
export function form(page: Page): Locator {
  return page.getByRole('main').locator('form[method=post]').last();
}

/** Fills in the form's fields by the names they are posted under; each must have a label that a reader can hear. */
export async function fill(page: Page, values: Record<string, string | boolean>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const field = form(page).locator(`[name="${name}"]`);
    if (typeof value === 'boolean') {
      await field.setChecked(value);
      continue;
    }
    const kind = await field.first().getAttribute('type');
    if (kind === 'radio' || kind === 'checkbox') {
      await form(page).locator(`[name="${name}"][value="${value}"]`).check();
      continue;
    }
    await expect(field, `${name} has a label`).toHaveAccessibleName(/\w/);
    if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
}

/** Presses the form's own button, the one with which it ends. */
export async function send(page: Page): Promise<void> {
  await form(page).locator('.form-actions').getByRole('button').click();
}

/** Chooses a language in the top bar and checks that it is the same page that comes back. */
export async function speak(page: Page, lang: 'en' | 'fr'): Promise<void> {
  const before = new URL(page.url()).pathname;
  // The page may be in that language already: what comes back is told from it by this mark.
  await page.evaluate(() => document.documentElement.toggleAttribute('data-left', true));
  await page.getByRole('banner').locator(`.languages [lang=${lang}]`).click();
  await expect(page.locator('html:not([data-left])')).toHaveAttribute('lang', lang);
  expect(new URL(page.url()).pathname).toBe(before);
}
