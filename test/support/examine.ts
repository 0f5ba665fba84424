// What a page must be for everybody, wherever it is looked at: axe-core finds nothing in either theme, nothing is cut off
// or wider than the window, and what is touched is large enough.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Fails if axe-core finds anything on the page as it is, in the light or the dark theme. */
export async function examine(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Evaluated from outside, where the policy of the page does not hold.
    await page.evaluate(axe);
    const violations = await page.evaluate<readonly Finding[]>(
      'axe.run().then(({ violations }) => violations)',
    );
    const found = violations.map(({ id, help, nodes }) => [id, help, nodes[0]?.html]);
    assert.deepEqual(found, [], `${screen}, ${colorScheme}`);
  }
}

/** Fails if anything is wider than the window, ends beyond its edges, or is smaller than a finger. */
export async function measure(page: Page, screen: string): Promise<void> {
  const found = await page.evaluate<readonly string[]>(`(() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) found.push('the page scrolls sideways by ' + (root.scrollWidth - innerWidth));
    const isSeen = (one) => one.checkVisibility() && one.closest('.hidden') === null;
    for (const one of document.querySelectorAll('main *, dialog, dialog *')) {
      const { left, right, width } = one.getBoundingClientRect();
      if (isSeen(one) && width > 1 && (left < -0.5 || right > innerWidth + 0.5))
        found.push('beyond the edge: ' + one.outerHTML.slice(0, 120));
    }
    const touched = 'button, input, textarea, select, [role=option], label:has(input[type=radio], input[type=checkbox])';
    for (const one of document.querySelectorAll(touched)) {
      const { width, height } = one.getBoundingClientRect();
      // What is chosen is touched by its label.
      if (!isSeen(one) || height === 0 || one.matches('[type=radio], [type=checkbox], [type=file]')) continue;
      if (width < 43.9 || height < 43.9) found.push('too small: ' + one.outerHTML.slice(0, 120));
    }
    return found;
  })()`);
  assert.deepEqual(found, [], screen);
}
