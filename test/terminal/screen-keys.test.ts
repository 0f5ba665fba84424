// The keys of the full screen: the defaults, a person's own, and in the help.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { atBothSizes, atOneSize, openScene, typedIn, type Scene } from '../support/screen.ts';
import { keys, type TestTerminal } from '../support/terminal.ts';

/** A folder for configuration with such a file in it. */
async function configured(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'helo-keys-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'helo'));
  await writeFile(join(folder, 'helo', 'config.toml'), text);
  return folder;
}

function types(terminal: TestTerminal, text: string): Promise<void> {
  return terminal.until(() => typedIn(terminal).split('\n').at(-1) === text, `the input ${text}`);
}

atOneSize("the keys of a shell's line edit the text", async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  terminal.type('one two three', keys.altB, keys.altB, 'and ');
  await types(terminal, 'one and two three');
  terminal.type(keys.ctrlLeft, keys.ctrlLeft, keys.altF, '!', keys.ctrlA, '>', keys.end, '.');
  await types(terminal, '>one! and two three.');
  terminal.type(keys.ctrlW, keys.ctrlU);
  await types(terminal, '');
  terminal.type(keys.ctrlY);
  await types(terminal, '>one! and two three.');
  terminal.type(keys.ctrlU, 'teh', keys.ctrlT, keys.enter);
  await eve.expect('BCST [bob] the');
});

atOneSize('Shift-Tab goes back through what Tab offers, and Ctrl-L draws anew', async (t, size) => {
  const { terminal } = await openScene(t, size);
  terminal.type('/ac', keys.tab);
  await types(terminal, '/accept');
  terminal.type(keys.ctrlU, '/set l', keys.tab);
  await types(terminal, '/set links');
  terminal.type(keys.tab);
  await types(terminal, '/set list');
  terminal.type(keys.shiftTab);
  await types(terminal, '/set links');
  terminal.type(keys.escape);
  await types(terminal, '/set l');
  terminal.type('inks', keys.tab, 'of', keys.tab);
  await types(terminal, '/set links off');
  const from = terminal.raw.length;
  terminal.type(keys.ctrlL);
  await terminal.until(() => terminal.raw.slice(from).includes('\u001B[2J'), 'a new screen');
  await terminal.shows('> /set links off');
});

atOneSize('characters, words and lines are deleted, brought back, and undone', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  terminal.type('one two three', keys.ctrlA, '\u001Bd', keys.ctrlK);
  await types(terminal, '');
  // The last deleted piece, then the one before.
  terminal.type(keys.ctrlY);
  await types(terminal, 'one two three');
  terminal.type(keys.ctrlU, 'abc', keys.left, '\u0002', '\u001B[3~', '\u0006', 'd', '\u0005', 'e');
  await types(terminal, 'acde');
  terminal.type(keys.ctrlW, 'gone');
  await types(terminal, 'gone');
  terminal.type(keys.ctrlUnderscore);
  await types(terminal, '');
  terminal.type(keys.ctrlUnderscore);
  await types(terminal, 'acde');
  terminal.type(keys.enter);
  await eve.expect('BCST [bob] acde');
  // With an empty input, up and down go through what was sent here.
  terminal.type('second', keys.enter);
  await eve.expect('BCST [bob] second');
  terminal.type(keys.up, keys.up);
  await types(terminal, 'acde');
  terminal.type(keys.down);
  await types(terminal, 'second');
  terminal.type(keys.down);
  await types(terminal, '');
  terminal.type(keys.ctrlD);
  await terminal.shows('ended with 0');
});

atOneSize(
  "every key is the person's: what they bound, and nothing by the keys they took away",
  async (t, size) => {
    const config = await configured(
      t,
      `[keys]
send = "f5"
newline = ["enter"]
delete-word-back = "Ctrl-X"
next = "alt+x"
list-close = "f6"
help = "f2"
clear = []
`,
    );
    const { terminal, eve } = await openScene(t, {
      ...size,
      env: { XDG_CONFIG_HOME: config },
    });
    await terminal.shows('F2 help');
    assert.ok(!terminal.lines().join('\n').includes('in your configuration'));
    terminal.type('one two', keys.ctrlW, keys.ctrlC, ' three', keys.ctrlX, 'four', keys.enter, 'x');
    await terminal.until(() => typedIn(terminal) === 'one two four\nx', 'two lines');
    terminal.type(keys.backspace, keys.f5);
    await eve.expect('BCST [bob] one two four');
    terminal.type(keys.f2);
    await terminal.shows('F6 closes it');
    terminal.type(keys.f6);
    await terminal.shows('one two four ✓');
  },
);

atBothSizes('F1 shows every key as it is bound', async (t, size) => {
  const config = await configured(t, '[keys]\nundo = "alt+z"\nsuspend = []\n');
  const { terminal } = await openScene(t, { ...size, env: { XDG_CONFIG_HOME: config } });
  terminal.type(keys.f1);
  await terminal.shows('What you type');
  for (;;) {
    const before = terminal.lines().join('\n');
    if (/✗ +not delivered/.test(before)) break;
    terminal.type(keys.pageDown);
    await terminal.until((lines) => lines.join('\n') !== before, 'another page');
  }
  // All rows that were drawn, in order.
  // oxlint-disable-next-line no-control-regex -- colours and places
  const help = terminal.raw.replaceAll(/\u001B\[[\d;?]*[a-zA-Z]/g, ' ').replaceAll(/\s+/g, ' ');
  assert.match(help, /Alt-Z undo \(undo\)/);
  assert.match(help, /\(no key\) back to the shell/);
  assert.match(help, /Alt-B, Ctrl-Left a word back \(word-left\)/);
  assert.match(help, /Alt-0 the tenth \(place-10\)/);
  assert.match(help, /Esc, Ctrl-C close it \(list-close\)/);
  assert.match(help, /theme colours/);
});

atOneSize('Ctrl-R finds what was sent here before', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  for (const text of ['the first words', 'the second words', 'something else']) {
    terminal.type(text, keys.enter);
    await eve.expect(`BCST [bob] ${text}`);
  }
  terminal.type(keys.ctrlR);
  await terminal.shows('What you sent here');
  terminal.type('words');
  await terminal.shows('▌ the second words');
  terminal.type(keys.ctrlR);
  await terminal.shows('▌ the first words');
  terminal.type(keys.enter);
  await terminal.shows('> the first words');
  terminal.type(keys.ctrlU, keys.ctrlR, 'nothing like it');
  await terminal.shows('nothing like it was sent here');
  terminal.type(keys.escape);
  await terminal.shows('something else ✓');
  assert.equal(typedIn(terminal), '');
});

atOneSize('Alt with arrows, letters and digits goes between conversations', async (t, size) => {
  const scene = await openScene(t, size);
  const { terminal, eve } = scene;
  const alice = await friend(t, scene, 'alice');
  const carol = await friend(t, scene, 'carol');
  terminal.type('/msg alice', keys.enter);
  await terminal.shows('@alice');
  terminal.type(keys.altRight);
  await terminal.shows('@carol');
  terminal.type(keys.altRight);
  await terminal.shows('Lobby, everybody');
  terminal.type(keys.altLeft);
  await terminal.shows('@carol, ');
  terminal.type('\u001B1');
  await terminal.shows('Lobby, everybody');
  terminal.type('\u001B0\u001B3');
  await terminal.shows('@carol, ');
  // Somebody writes to everybody, and alice to bob.
  eve.send('BCST good morning');
  await terminal.until((lines) => lines.some((line) => /Lobby +\d/.test(line)), 'an unread one');
  alice.type('@bob lunch?');
  await terminal.until((lines) => lines.some((line) => /alice +1/.test(line)), 'one of alice');
  terminal.type(keys.altN);
  await terminal.shows('lunch?');
  // Nobody else mentions bob, until eve does.
  terminal.type(keys.altN, keys.altP);
  carol.type('@bob and me?');
  await terminal.until((lines) => lines.some((line) => /carol +1/.test(line)), 'one of carol');
  await terminal.shows('@alice, ');
  terminal.type(keys.altP);
  await terminal.shows('and me?');
});

atOneSize(
  'Home and End go to the oldest and the newest, and in a text to its ends',
  async (t, size) => {
    const { terminal, eve } = await openScene(t, size);
    for (let number = 1; number <= 200; number++) eve.send(`BCST message ${number}.`);
    await terminal.shows('message 200.');
    terminal.type(keys.home);
    await terminal.shows('message 1.');
    terminal.type(keys.end);
    await terminal.shows('message 200.');
    terminal.type('text', keys.home, '>');
    await types(terminal, '>text');
    terminal.type('\u001B[1;5H');
    await terminal.shows('message 1.');
    terminal.type('\u001B[1;5F');
    await terminal.shows('message 200.');
    await types(terminal, '>text');
  },
);

atOneSize('Ctrl-C loses nothing that was typed, here or elsewhere', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  terminal.type('first line', keys.altEnter, 'second', keys.up, keys.ctrlC);
  await terminal.shows('cleared; Ctrl-Y brings it back');
  terminal.type(keys.ctrlY);
  await terminal.until(() => typedIn(terminal) === 'first line\nsecond', 'both lines');
  terminal.type(keys.ctrlC, '/msg eve', keys.enter);
  await terminal.shows('@eve, ');
  terminal.type('half a thought', keys.ctrlN);
  await terminal.shows('Lobby, everybody');
  terminal.type(keys.ctrlC);
  await terminal.shows('what you have typed in');
  await terminal.shows('@eve stays there');
  terminal.type('x', keys.backspace, keys.ctrlD);
  await terminal.shows('Ctrl-D again leaves; what you have typed in');
  terminal.type('x', keys.backspace, keys.ctrlN);
  await terminal.shows('> half a thought');
  eve.send('BCST still there');
  await terminal.until((lines) => lines.some((line) => /Lobby +1/.test(line)), 'still there');
});

async function friend(
  t: TestContext,
  { server, terminal }: Scene,
  name: string,
): ReturnType<typeof startChat> {
  const started = await startChat(t, { server: server.plain, name });
  terminal.type(`/msg ${name}`, keys.enter);
  await terminal.shows(`@${name}, `);
  return started;
}
