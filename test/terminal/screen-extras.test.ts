// What makes a screen one's own, and what surrounds the messages: settings, keys, search, files, links, other programs.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { atBothSizes, atOneSize, openScene, typedIn } from '../support/screen.ts';
import { keys } from '../support/terminal.ts';

async function folder(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'helo-screen-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

atOneSize(
  'the configuration binds keys and sets colours, and what is wrong in it is told',
  async (t, size) => {
    const config = await folder(t);
    await mkdir(join(config, 'helo'));
    await writeFile(
      join(config, 'helo', 'config.toml'),
      '[screen]\ntheme = "none"\n[keys]\nhelp = "f2"\nnext = "ctrl+p"\n',
    );
    const { terminal } = await openScene(t, { ...size, env: { XDG_CONFIG_HOME: config } });
    await terminal.shows('Ctrl-P is both next and');
    terminal.type(keys.f2);
    await terminal.shows('What you type');
    // oxlint-disable-next-line no-control-regex -- codes of colours
    assert.doesNotMatch(terminal.raw, /\u001B\[[\d;]*38;5/);
  },
);

atOneSize('/set and /theme change how things look, and say what is wrong', async (t, size) => {
  const { terminal } = await openScene(t, size);
  terminal.type('/set people shown', keys.enter);
  await terminal.shows('people is shown, kept in');
  await terminal.shows('● eve');
  terminal.type('/theme pink', keys.enter);
  await terminal.shows('theme is one of auto, dark, light, 16, none');
  terminal.type(keys.ctrlC, '/theme light', keys.enter);
  await terminal.shows('theme is light');
  terminal.type('/set', keys.enter);
  await terminal.shows('notify is off');
});

atOneSize(
  'what is set is kept for the next time, and nothing else in the file changes',
  async (t, size) => {
    const config = await folder(t);
    const path = join(config, 'helo', 'config.toml');
    await mkdir(join(config, 'helo'));
    await writeFile(path, '# mine\n[keys]\nhelp = "f2" # as at home\n');
    const { terminal } = await openScene(t, { ...size, env: { XDG_CONFIG_HOME: config } });
    terminal.type('/theme none', keys.enter);
    await terminal.shows('theme is none, kept in');
    terminal.type('/set people hidden', keys.enter);
    await terminal.shows('people is hidden, kept in');
    assert.equal(
      await readFile(path, 'utf8'),
      '# mine\n[keys]\nhelp = "f2" # as at home\n\n[screen]\ntheme = "none"\npeople = "hidden"\n',
    );
    const { terminal: again } = await openScene(t, { ...size, env: { XDG_CONFIG_HOME: config } });
    again.type('/set people', keys.enter);
    await again.shows('people is hidden');
    // oxlint-disable-next-line no-control-regex -- codes of colours
    assert.doesNotMatch(again.raw, /\u001B\[[\d;]*38;5/);
    // A file that cannot be changed safely is left alone, and the person is told.
    await writeFile(path, 'screen = 5\n');
    again.type('/set people auto', keys.enter);
    await again.shows('people is auto until you leave');
    await again.shows('people = "auto"');
    assert.equal(await readFile(path, 'utf8'), 'screen = 5\n');
  },
);

atBothSizes('/search finds by beginnings of words, and goes to the place', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  eve.send('BCST the gardeners meet at noon');
  for (let number = 1; number <= 200; number++) eve.send(`BCST message ${number}.`);
  await terminal.shows('message 200.');
  terminal.type('/search noo gard', keys.enter);
  await terminal.shows('Search: noo gard');
  await terminal.shows('the gardeners meet');
  assert.ok(!terminal.lines().join('\n').includes('message 200.'));
  terminal.type(keys.enter);
  await terminal.shows('message 3.');
  await terminal.shows('the gardeners meet at noon');
  terminal.type('/search nothingofthekind', keys.enter);
  await terminal.shows('Nothing was found');
});

atBothSizes('a file shows how far it is, is asked about, and arrives', async (t, size) => {
  const { terminal, server } = await openScene(t, { ...size, args: '--accept-up-to 1' });
  const alice = await startChat(t, { server: server.plain, name: 'alice' });
  const path = join(await folder(t), 'notes.txt');
  await writeFile(path, 'x'.repeat(5000));
  alice.type(`/send_file @bob ${path}`);
  // A person who looks elsewhere sees that there is something.
  await terminal.until((lines) => lines.some((line) => /alice +1/.test(line)), 'news of alice');
  terminal.type(keys.altA);
  await terminal.shows('━ unread ━');
  await terminal.shows('User "alice" sends you a file!');
  await terminal.shows('↓ 1  notes.txt (5.0 kB): /accept 1 or /decline 1');
  terminal.type('/files', keys.enter);
  await terminal.shows('Files  (Esc');
  // The typed text continues where it was, and the list makes room.
  terminal.type('/accept', keys.enter);
  await terminal.shows('has successfully been saved!');
  await alice.tells(/bob has notes\.txt/);
  // It is over: nothing is under the messages any more.
  await terminal.until((lines) => !lines.some((line) => line.includes('↓ 1')), 'no row of it');
});

atOneSize('/export writes what was said to a new file for the person alone', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  eve.send('BCST to be kept');
  await terminal.shows('to be kept');
  const path = join(await folder(t), 'lobby.txt');
  terminal.type(`/export ${path}`, keys.enter);
  await terminal.shows('written to');
  assert.match(await readFile(path, 'utf8'), /^\S+Z \[eve\] \(not encrypted\) to be kept\n$/m);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  terminal.type(`/export ${path}`, keys.enter);
  await terminal.shows('nothing was written');
});

atOneSize('Ctrl-O gives the text to an editor, and takes it back', async (t, size) => {
  const editor = `sh -c 'echo in the editor; read -r line; printf "%s and more" "$(cat "$1")" > "$1"' editor`;
  const { terminal, eve } = await openScene(t, { ...size, env: { EDITOR: editor } });
  terminal.type('some words', keys.ctrlO);
  await terminal.shows('in the editor');
  assert.equal(terminal.isAlternate, false);
  // Messages of others do not draw over it.
  eve.send('BCST meanwhile');
  await eve.next();
  assert.ok(!terminal.lines().join('\n').includes('meanwhile'));
  terminal.type(keys.enter);
  await terminal.shows('> some words and more');
  await terminal.shows('meanwhile');
  terminal.type(keys.enter);
  await eve.expect('BCST [bob] some words and more');
});

atBothSizes('links can be opened whole, also where they are broken', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  const address = `https://example.org/${'long/'.repeat(30)}end`;
  eve.send(`BCST see ${address}.`);
  await terminal.shows('/end.');
  // oxlint-disable-next-line no-control-regex -- the end of a link
  const targets = [...terminal.raw.matchAll(/\]8;id=[\d.]+;(https[^\u001B]*)/g)].map(
    ([, to]) => to,
  );
  assert.ok(targets.length > 1);
  assert.deepEqual(new Set(targets), new Set([address]));
});

atOneSize('somebody who looks elsewhere is told who wrote, and never what', async (t, size) => {
  const { terminal, eve, server } = await openScene(t, size);
  eve.send('BCST bob, are you there');
  await terminal.shows('are you there');
  assert.ok(!terminal.raw.includes('\u001B]9;'));
  terminal.type('/set notify osc9', keys.enter);
  await terminal.shows('notify is osc9');
  terminal.type('\u001B[O');
  const alice = await startChat(t, { server: server.plain, name: 'alice' });
  alice.type('@bob a secret');
  await terminal.until((lines) => lines.some((line) => /alice +1/.test(line)), 'one unread');
  assert.ok(terminal.raw.includes('\u001B]9;helo: alice wrote to you\u0007'));
  assert.equal(typedIn(terminal).includes('secret'), false);
});

atOneSize('of a muted person nothing is told but what names one', async (t, size) => {
  const { terminal, server } = await openScene(t, size);
  terminal.type('/set notify osc9', keys.enter);
  await terminal.shows('notify is osc9');
  terminal.type('/mute @alice 8h', keys.enter);
  await terminal.shows('@alice is muted until');
  terminal.type('\u001B[O');
  const alice = await startChat(t, { server: server.plain, name: 'alice' });
  alice.type('@bob a secret');
  await terminal.until((lines) => lines.some((line) => /alice +~1/.test(line)), 'one unread');
  assert.ok(!terminal.raw.includes('\u001B]9;helo: '));
  alice.type('@bob bob, look');
  await terminal.until((lines) => lines.some((line) => /alice +~@2/.test(line)), 'two unread');
  assert.ok(terminal.raw.includes('\u001B]9;helo: alice wrote to you\u0007'));
  terminal.type('\u001B[I', '/msg alice', keys.enter);
  await terminal.until(([head = '']) => head.includes('@alice') && head.includes('muted'), 'head');
  terminal.type('/unmute', keys.enter);
  await terminal.shows('@alice is not muted any more');
  await terminal.until(([head = '']) => !head.includes('muted'), 'the head without it');
});

for (const [way, sequence] of [
  ['bell', '\u0007'],
  ['osc777', '\u001B]777;notify;helo;you were named in Lobby\u0007'],
] as const) {
  atBothSizes(
    `with notify set to ${way}, being named is told by it, and nothing else is`,
    async (t, size) => {
      const { terminal, eve } = await openScene(t, size);
      terminal.type(`/set notify ${way}`, keys.enter);
      await terminal.shows(`notify is ${way}`);
      terminal.type('\u001B[O');
      eve.send('BCST good morning');
      await terminal.shows('good morning');
      const from = terminal.raw.length;
      const since = (): string => terminal.raw.slice(from);
      assert.ok(!since().includes(sequence));
      eve.send('BCST bob, look');
      await terminal.until(() => since().includes(sequence), 'a notification');
      assert.ok(!since().includes('look\u0007'));
    },
  );
}
