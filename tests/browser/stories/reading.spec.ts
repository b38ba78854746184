// Story seven: whatever an author writes, everybody can read it.
import { type Page } from '@playwright/test';

import { expectNoSidewaysScroll } from '../kit/accessibility';
import { fill, send, speak } from '../kit/page';
import { expect, signIn, test } from '../kit/story';

const TEXT = `### What we tried

| Night | Calls before nine | Calls after nine | What the team wrote down about it |
|---|---|---|---|
| Monday | 3 | 5 | Nobody waited for longer than ten minutes |

# What we learned[^1]

- [x] Call before nine
- [ ] Write it down

\`\`\`
ring --before 9 --team night --write-it-down "who called, when, and what was said"
\`\`\`

#### In other words

ניסינו את זה עם צוות הלילה.

جربناه مع فريق الليل.

[^1]: Over two weeks.`;

/** No heading is more than one level below the one before it. */
async function expectNoSkippedLevel(page: Page): Promise<void> {
  const levels: number[] = await page
    .locator('main :is(h1, h2, h3, h4, h5, h6)')
    .evaluateAll((headings) => headings.map(({ tagName }) => Number(tagName[1])));
  levels.forEach((level, at) => {
    expect(level, `${levels} of ${page.url()}`).toBeLessThanOrEqual((levels[at - 1] ?? 0) + 1);
  });
}

test('a text with everything in it has no finding', async ({ page, accessible, demo: { association } }) => {
  const look = async () => {
    await expectNoSkippedLevel(page);
    await accessible(page);
    await expectNoSidewaysScroll(page);
  };
  const ruth = association.accounts.find(({ handle }) => handle === 'ruth')!;
  await signIn(page, association, ruth);
  await page.goto(new URL('/c/palliative-volunteers/new?kind=question', association.url).href);
  await fill(page, { title: 'Do you call before nine?', body: TEXT });
  await page.getByRole('button', { name: 'Preview' }).first().click();
  await expect(page.locator('.preview table')).toBeVisible();
  await look();
  await send(page);
  await expect(page.locator('.thread > .post .prose table')).toBeVisible();

  await page.getByText('More options').click();
  await look();
  await fill(page, { body: TEXT, warning: 'About a death' });
  await send(page);
  const reply = page.locator('.replies .post .content-warning');
  await expect(reply).toHaveText('Content warning: About a death', { useInnerText: true });
  await look();
  await reply.locator('summary').first().click();
  await expect(reply.locator('table')).toBeVisible();
  await look();

  await speak(page, 'fr');
  await expect(page.getByRole('link', { name: 'Retour au texte' }).first()).toBeVisible();
  await look();
  for (const text of ['ניסינו', 'جربناه']) {
    const direction = await page.getByText(text).first().evaluate((line) => getComputedStyle(line).unicodeBidi);
    expect(direction, text).toBe('plaintext');
  }
  await page.locator('.thread > .post').getByRole('link', { name: 'Supprimer' }).click();
  await look();
});
