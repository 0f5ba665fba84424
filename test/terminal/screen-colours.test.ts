// What the screen learns from its terminal: light or dark, and richer keys. And what it leaves alone: colours if there
// should be none, the mouse during a question.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { atOneSize, openScene, typedIn } from '../support/screen.ts';
import { keys, openTerminal, type TestTerminal } from '../support/terminal.ts';

const question = '\u001B]11;?';
// The bar's colour in each scheme.
const darkBar = '48;5;236';
const lightBar = '48;5;253';

/** What is drawn from now on. */
function drawn(terminal: TestTerminal): () => string {
  const from = terminal.raw.length;
  return () => terminal.raw.slice(from);
}

atOneSize(
  'a light terminal that says so late and in pieces gets light colours, and the text stays empty',
  async (t, size) => {
    const { terminal, eve } = await openScene(t, size);
    await terminal.until(() => terminal.raw.includes(question), 'the question');
    // The first frame waits for nothing.
    assert.ok(terminal.raw.indexOf(darkBar) < terminal.raw.indexOf(question));
    const since = drawn(terminal);
    for (const piece of ['\u001B', ']11;rgb', ':fdfd/f6f6', '/e3e3\u001B', '\\']) {
      terminal.type(piece);
      eve.send('BCST a moment');
      await eve.next();
    }
    await terminal.until(() => since().includes(lightBar), 'light colours');
    // Nothing of the answer is before it.
    terminal.type('words');
    await terminal.shows('> words');
    // The person, or the time of day, has changed it.
    const later = drawn(terminal);
    terminal.type('\u001B[?997;1n');
    await terminal.until(() => later().includes(darkBar), 'dark colours');
    terminal.type('.');
    await terminal.shows('> words.');
  },
);

atOneSize("a theme of one's own stays, whatever the terminal says", async (t, size) => {
  const { terminal } = await openScene(t, size);
  terminal.type('/theme dark', keys.enter);
  await terminal.shows('theme is dark');
  const since = drawn(terminal);
  terminal.type('\u001B]11;rgb:ffff/ffff/ffff\u0007', 'words');
  await terminal.shows('> words');
  assert.ok(!since().includes(lightBar));
  // After this command it follows the terminal again.
  terminal.type(keys.ctrlU, '/theme auto', keys.enter);
  await terminal.until(() => since().includes(question), 'the question');
  terminal.type('\u001B]11;rgb:ffff/ffff/ffff\u0007');
  await terminal.until(() => since().includes(lightBar), 'light colours');
});

atOneSize(
  'while it is asked what becomes of a paste, the mouse answers nothing',
  async (t, size) => {
    const { terminal, eve } = await openScene(t, size);
    terminal.type(keys.altM);
    await terminal.shows('mouse on');
    const since = drawn(terminal);
    terminal.type('\u001B[200~one\ntwo\u001B[201~');
    await terminal.shows('You pasted 2 lines');
    assert.ok(since().includes('\u001B[?1000l'));
    // Clicks that were on their way.
    terminal.type('\u001B[<0;3;3M', '\u001B[<0;3;3m', '\u001B[<65;3;3M');
    eve.send('BCST meanwhile');
    await eve.next();
    await terminal.shows('You pasted 2 lines');
    terminal.type(keys.enter);
    await terminal.until(() => typedIn(terminal) === 'one\ntwo', 'the lines in the text');
    assert.ok(since().lastIndexOf('\u001B[?1000h') > since().indexOf('\u001B[?1000l'));
  },
);

atOneSize(
  'Shift-Enter begins a line where the terminal can tell it, and is given back',
  async (t, size) => {
    const { terminal } = await openScene(t, size);
    await terminal.until(() => terminal.raw.includes('\u001B[?u'), 'the question');
    assert.ok(!terminal.raw.includes('\u001B[>1u'));
    terminal.type('\u001B[?0u', 'one', '\u001B[13;2u', 'two');
    await terminal.until(() => typedIn(terminal) === 'one\ntwo', 'two lines');
    assert.ok(terminal.raw.includes('\u001B[>1u'));
    terminal.type('\u001B[117;5u', keys.backspace, '\u001B[117;5u', '/quit', keys.enter);
    await terminal.shows('ended with 0');
    assert.ok(terminal.raw.lastIndexOf('\u001B[<u') > terminal.raw.lastIndexOf('\u001B[>1u'));
    assert.ok(
      terminal.raw.lastIndexOf('\u001B[?2031l') > terminal.raw.lastIndexOf('\u001B[?2031h'),
    );
  },
);

atOneSize(
  'a terminal of 16 colours gets no others, and everything has a word or a shape',
  async (t, size) => {
    const { terminal, eve } = await openScene(t, {
      ...size,
      env: { TERM: 'xterm', COLORTERM: '' },
    });
    eve.send('BCST bob, look at this');
    await terminal.shows('look at this');
    // oxlint-disable-next-line no-control-regex -- codes of colours
    const codes = [...terminal.raw.matchAll(/\u001B\[([\d;]*)m/g)].map(([, code = '']) => code);
    assert.ok(codes.some((code) => /(?:^|;)3[1-6]$/.test(code)));
    assert.deepEqual(
      codes.filter((code) => /38|48/.test(code)),
      [],
    );
    await terminal.shows('○ not encrypted');
  },
);

test('the terminal is not asked for colours that nobody wants', async (t) => {
  const config = await mkdtemp(join(tmpdir(), 'helo-colours-'));
  t.after(() => rm(config, { recursive: true, force: true }));
  await mkdir(join(config, 'helo'));
  await writeFile(
    join(config, 'helo', 'config.toml'),
    '[screen]\ntheme = "light"\nmotion = "off"\n',
  );
  for (const env of [
    { NO_COLOR: '1' },
    { TERM: 'xterm', COLORTERM: '' },
    { XDG_CONFIG_HOME: config },
  ]) {
    const { terminal } = await openScene(t, { env });
    // Asked together with this, or not at all.
    await terminal.until(() => terminal.raw.includes('\u001B[?u'), 'another question');
    terminal.type('words');
    await terminal.shows('> words');
    assert.ok(!terminal.raw.includes(question), JSON.stringify(env));
    assert.ok(!terminal.raw.includes('\u001B[?2031h'), JSON.stringify(env));
  }
});

test('a chat that ends at once leaves no question behind', async (t) => {
  const terminal = await openTerminal(
    t,
    'helo chat --server 127.0.0.1:1 --name bob --guest; echo over',
  );
  await terminal.shows('over');
  assert.ok(!terminal.raw.includes(question));
  assert.ok(!terminal.raw.includes('\u001B[?u'));
});

atOneSize('where nothing is to move, what others say comes all the same', async (t, size) => {
  const config = await mkdtemp(join(tmpdir(), 'helo-colours-'));
  t.after(() => rm(config, { recursive: true, force: true }));
  await mkdir(join(config, 'helo'));
  await writeFile(join(config, 'helo', 'config.toml'), '[screen]\nmotion = "off"\n');
  const { terminal, eve } = await openScene(t, { ...size, env: { XDG_CONFIG_HOME: config } });
  const since = drawn(terminal);
  for (let number = 1; number <= 100; number++) eve.send(`BCST message ${number}.`);
  await terminal.shows('message 100.');
  // In a few steps, not one by one.
  assert.ok(since().split('\u001B[?2026h').length <= 5);
});
