import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandHelp } from '../../../client/commands/table.ts';
import { Bindings } from '../input/bindings.ts';
import { defaultConfig } from '../settings/config.ts';
import { HelpOverlay } from './help-overlay.ts';
import { keySections } from '../input/key-table.ts';
import { preferenceTable } from '../settings/preferences.ts';
import { widthOf } from '../draw/text.ts';
import { schemeNames, themeOf } from '../draw/theme.ts';

const bindings = new Bindings(defaultConfig.keys);

/** The rows as a person reads them, without colours. */
function helpRows(width: number, scheme: (typeof schemeNames)[number]): string[] {
  const rows = new HelpOverlay(bindings).rows(width, 10_000, themeOf(scheme));
  // oxlint-disable-next-line no-control-regex -- what it is painted with
  return rows.map((row) => row.replaceAll(/\u001B\[[\d;]*m/g, ''));
}

const texts = [
  ...commandHelp('screen').flat(),
  ...keySections.flatMap(({ actions }) =>
    actions.flatMap((action) => [
      bindings.words(action),
      `${bindings.keys[action].help} (${action})`,
    ]),
  ),
  ...Object.values(preferenceTable).map(({ help, values }) => `${help} (${values.join(', ')})`),
];

const withoutBlanks = (text: string): string => text.replaceAll(/\s/g, '');

test('the help shows every character at any width, in every scheme, and no row is wider', () => {
  for (const scheme of schemeNames) {
    for (let width = 1; width <= 130; width += 1) {
      const rows = helpRows(width, scheme);
      for (const row of rows) assert.ok(widthOf(row) <= width, `${width}: ${row}`);
      const shown = withoutBlanks(rows.join(''));
      const whole = withoutBlanks(helpRows(1_000, scheme).join(''));
      // In two columns, a text that continues below has the end of its row after it, never another text.
      assert.equal(shown, whole, `${scheme} at ${width}`);
      for (const text of texts) assert.ok(shown.includes(withoutBlanks(text)), `${width}: ${text}`);
    }
  }
});

test('the help breaks no word where there is room for it', () => {
  const words = new Set(texts.flatMap((text) => text.split(' ')));
  for (const width of [40, 60, 80, 100]) {
    const shown = new Set(helpRows(width, 'dark').flatMap((row) => row.trim().split(/ +/)));
    for (const word of words) assert.ok(shown.has(word), `${width}: ${word}`);
  }
});
