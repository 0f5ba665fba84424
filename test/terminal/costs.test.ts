// These functions draw, wrap, search, link, name and store what others send. Each must be done at once with 64 KB of
// the worst possible text, and four times as much text may cost four times as much: a pattern or a loop that starts
// over at every character would freeze every client that the text reaches.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textContent } from '../../src/client/content.ts';
import { cutName } from '../../src/client/files/cut-name.ts';
import { decodeFileNote } from '../../src/client/files/notes/file-note.ts';
import type { Transfer } from '../../src/client/files/transfer.ts';
import { wordMatcher, wordPlace, wordsIn } from '../../src/client/store/word-search.ts';
import { encodeUtf8 } from '../../src/lib/bytes.ts';
import { graphemesOf } from '../../src/lib/graphemes.ts';
import { numberedName, safeName } from '../../src/platform/node/files/safe-name.ts';
import { fit, pad, take, widthOf } from '../../src/terminal/columns.ts';
import { completePath } from '../../src/terminal/line/path-completion.ts';
import { complete as completeLine } from '../../src/terminal/line/completion.ts';
import { shownName } from '../../src/client/wording/file-progress.ts';
import { excerpt } from '../../src/client/wording/present-own.ts';
import { notice, said } from '../../src/client/wording/printed-line.ts';
import { pipeStyle, terminalStyle } from '../../src/terminal/line/style.ts';
import { hang, oneRow, wrapWords } from '../../src/terminal/line/wrap.ts';
import { wrap } from '../../src/terminal/rows.ts';
import { harmless } from '../../src/client/wording/sanitize.ts';
import { clipped } from '../../src/terminal/screen/draw/clipped.ts';
import { complete } from '../../src/client/commands/completion.ts';
import { Draft } from '../../src/terminal/screen/input/draft.ts';
import { breakLine } from '../../src/terminal/screen/input/editor-rows.ts';
import { entryRows, maxEntryRows } from '../../src/terminal/screen/draw/item-rows.ts';
import { linksIn } from '../../src/client/wording/links.ts';
import { parseSearch } from '../../src/client/timeline/search-query.ts';
import { themeOf } from '../../src/terminal/screen/draw/theme.ts';
import { transferRow } from '../../src/terminal/screen/draw/transfer-rows.ts';
import { parseEvent } from '../../src/wire/events.ts';
import { patience } from '../support/time-limit.ts';

const theme = themeOf('dark');
const kinds: Readonly<Record<string, string>> = {
  'one long word': 'a',
  dots: '.',
  'a link of dots': 'http://x/.,',
  brackets: '[',
  'nested brackets': '([{',
  closing: ')]}',
  slashes: '/',
  backslashes: '\\',
  spaces: ' ',
  'spaces and letters': 'a ',
  tabs: '\t',
  'combining marks': '\u0301',
  'marks out of order': '\u0301\u0323',
  'a letter and a mark': 'e\u0301',
  joiners: '\u200D',
  'a chain of joined emoji': '👩\u200D',
  families: '👨‍👩‍👧‍👦',
  flags: '🇩🇪',
  'halves of flags': '🇩',
  'half a pair': '\uD83D',
  'Hangul initials': '\u1100',
  'Hangul in parts': '\u1100\u1161\u11A8',
  'Hangul syllables': '한글',
  ideographs: '日本語文章',
  'half-width marks': '\uFF76\uFF9E\uFF9E',
  'both directions': 'aא\u202Eb\u2066ש',
  Indic: 'क्षि',
  Thai: 'กำ',
  digits: '7',
  numbers: '1,234.5 ',
  links: 'https://x.yz/a ',
  'links without spaces': 'https://',
  'links with parentheses': 'http://a/(b)(',
  'names and marks': '@alice #g ',
  'beginnings of names': '@',
  quotes: '"\'`',
  'beginnings of sequences': '\u001B[',
  'open sequences': '\u001B]8;;x',
  'sequences with parameters': '\u001B[1;2',
  'eight-bit sequences': '\u009B0',
  'line separators': '\u2028',
  'replacement characters': '\uFFFD',
  'words of many kinds': 'wort слово 言葉 كلمة ',
};

/** Two widths of a pane, and none at all. */
const widths = [1, 30, 120];

function entryOf(text: string) {
  return {
    kind: 'message',
    key: 1,
    at: 0,
    from: 'alice_from_the_human_resources',
    isOwn: false,
    content: textContent(text),
    encrypted: true,
    standing: undefined,
    seq: 1,
    remark: undefined,
    namesMe: false,
    state: undefined,
  } as const;
}

function transferOf(name: string): Transfer {
  return {
    id: 'x',
    number: 1,
    peer: 'bob',
    direction: 'incoming',
    name,
    size: 10,
    doneBytes: 5,
    bytesPerSecond: 1,
    state: { phase: 'asking', reason: 'large' },
  } as unknown as Transfer;
}

/** Every function that handles text of others, with the text made harmless if it is at that point. */
const functions: Readonly<Record<string, (text: string, clean: string) => unknown>> = {
  harmless: (text) => harmless(text),
  graphemes: (_, clean) => graphemesOf(clean),
  widthOf: (_, clean) => widthOf(clean),
  fit: (_, clean) => widths.map((width) => fit(clean, width)),
  pad: (_, clean) => pad(clean, 200),
  take: (_, clean) => take(clean, 100_000),
  wrap: (_, clean) => wrap(clean, 30, 40),
  'wrap in one column': (_, clean) => wrap(clean, 1, 1),
  linksIn: (_, clean) => linksIn(clean),
  'rows of a message': (_, clean) =>
    widths.forEach((width) => {
      const rows = entryRows(entryOf(clean), { width, theme, links: true });
      // The name may take a row for each of its letters, and the rest one more.
      assert.ok(rows.length <= maxEntryRows + 34);
    }),
  'rows of what is told': (_, clean) =>
    widths.forEach((width) => {
      const told = { kind: 'notice', key: 1, at: 0, tone: 'reply', text: clean } as const;
      assert.ok(entryRows(told, { width, theme, links: true }).length <= maxEntryRows + 1);
    }),
  'rows of a text that is written': (_, clean) => breakLine(clean, 78),
  'a paste into the text': (_, clean) => {
    const draft = new Draft(() => 24);
    draft.insert(clean);
    draft.type('x');
    draft.draw(78);
  },
  clipped: (_, clean) => clipped(clean, 60),
  'a line of the line mode': (text) =>
    said('lobby', 'alice', text).map(terminalStyle(true, () => 80)),
  'a notice of the line mode': (text) => terminalStyle(true, () => 80)(notice(`bob sends ${text}`)),
  'a line in a pipe': (text) => said('lobby', 'alice', text).map(pipeStyle(() => Infinity)),
  hang: (_, clean) => hang(clean, 40, 8),
  oneRow: (_, clean) => oneRow(clean, 80),
  wrapWords: (_, clean) => wrapWords(clean, Infinity, '  '),
  'the name of a file, shown': (text) => shownName(text),
  'the row of a file': (text) => transferRow(transferOf(text), { width: 80, theme, hasBars: true }),
  'the name of a file, to be saved': (text) => numberedName(safeName(text), 2),
  'the name of a file, cut': (text) => cutName(text, 255),
  'a note about a file': (text) => decodeFileNote(encodeUtf8(text)),
  excerpt: (text) => excerpt(text),
  'words of a search': (text) => wordsIn(text),
  'a search': (text) => parseSearch(text),
  'a text that is searched': (text) => [
    wordMatcher(['alice', 'b'])(text),
    wordPlace(['alice', 'a'])(text),
  ],
  'a line of the server': (text) => parseEvent(`BCST [alice] ${text}`) ?? parseEvent(text),
  'completion in the screen': (text) =>
    [text, `/send_file ${text}`, `/set ${text}`].map((line) =>
      complete(line, {
        verbs: ['/a'],
        names: ['alice'],
        groups: ['g'],
        settings: { theme: ['dark'] },
        paths: completePath,
      }),
    ),
  'completion in line mode': (text) =>
    [text, `/send_file @bob ${text}`].map((line) => completeLine(line, ['alice'])),
};

const lineBytes = 64 * 1024;
/** Only a guard: it should be 50 ms and is less, but no test may depend on the speed of a processor. */
const limitMs = 150;
/** Nobody notices less than this. Quadratic cost is sixteen times as much for four times as much text. */
const leastMs = 20;
const mostTimes = 12;

interface Sample {
  readonly text: string;
  readonly clean: string;
}

function sample(part: string, bytes: number): Sample {
  const text = `${part.repeat(Math.ceil(bytes / encodeUtf8(part).length))}x`;
  return { text, clean: harmless(text) };
}

const samples = Object.entries(kinds).map(([kind, part]) => ({
  kind,
  quarter: sample(part, lineBytes / 4),
  whole: sample(part, lineBytes),
}));

/**
 * Processor time in ms. Other work of the machine only adds, so the least of some runs counts, until one is below
 * `enough`.
 */
function cost(run: () => unknown, enough: number): number {
  let least = Infinity;
  for (let count = 0; count < 5 && least > enough; count++) {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

for (const [name, run] of Object.entries(functions)) {
  test(`64 KB of any kind are no work, and more is no more than so much more: ${name}`, () => {
    for (const { kind, quarter, whole } of samples) {
      const least = leastMs * patience;
      const ms = cost(() => run(whole.text, whole.clean), least);
      const words = `${name} of ${kind}: ${ms.toFixed(1)} ms`;
      assert.ok(ms < limitMs * patience, words);
      if (ms < least) continue;
      const few = cost(() => run(quarter.text, quarter.clean), 0);
      assert.ok(ms < mostTimes * few, `${words}, of a quarter ${few.toFixed(1)} ms`);
    }
  });
}
