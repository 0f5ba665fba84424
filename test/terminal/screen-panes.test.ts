// The layout: conversations on the left, messages in the middle, people on the right, the status row below, and how
// that differs between a small screen and a large one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';
import { assertPanes, atBothSizes, openScene, type Size } from '../support/screen.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { keys, openTerminal, type TestTerminal } from '../support/terminal.ts';

const isLarge = ({ columns }: Size): boolean => columns >= 100;

/** The row with `text`, without the side panes. */
function rowOf(terminal: TestTerminal, text: string): string {
  const row = terminal.lines().find((line) => line.includes(text)) ?? '';
  return row.split('│').find((part) => part.includes(text)) ?? '';
}

atBothSizes('people have a pane where there is room, and every pane has a key', async (t, size) => {
  const { terminal } = await openScene(t, size);
  await terminal.shows('Lobby, everybody');
  const people = isLarge(size);
  if (people) await terminal.shows('● eve');
  assertPanes(terminal, people ? 3 : 2);
  assert.equal(terminal.lines()[0]?.endsWith('People'), people);
  // Each key hides its pane, and shows it again.
  const both = async (): Promise<void> => {
    terminal.type(keys.f8);
    const without = !people;
    await terminal.until((lines) => lines.some((line) => line.includes('● eve')) === without, 'F8');
    assertPanes(terminal, without ? 3 : 2);
  };
  await both();
  terminal.type(keys.f8);
  await terminal.until((lines) => lines.some((line) => line.includes('● eve')) === people, 'again');
  terminal.type(keys.f7);
  await terminal.until((lines) => !lines.some((line) => line.includes('≡ Lobby')), 'no list');
  if (people) assertPanes(terminal, 2);
  else assert.ok(!terminal.lines().slice(1, -3).join('\n').includes('│'));
  terminal.type(keys.f7);
  await terminal.until((lines) => lines.some((line) => line.includes('≡ Lobby')), 'the list');
});

atBothSizes('the status row says in words what there is room for', async (t, size) => {
  const { terminal, server } = await openScene(t, size);
  const status = (): string => terminal.lines().at(-2) ?? '';
  await terminal.until(() => status().includes('F1 help'), 'the status row');
  const { host, port } = server.plain;
  const words = isLarge(size)
    ? ['● connected', '○ not encrypted: the server can read it', `${host}:${port} (no TLS)`]
    : ['● connected', '○ not encrypted'];
  assert.equal(status().trim().split(/ +F1/)[0], words.join(' │ '));
  terminal.type('/msg carol', keys.enter);
  await terminal.until(
    () =>
      status().includes(
        isLarge(size) ? '◇ will be end-to-end encrypted, key unknown' : '◇ key unknown',
      ),
    'words for a conversation',
  );
});

atBothSizes(
  'a message is as long as the pane is wide, and breaks under its text',
  async (t, size) => {
    const { terminal, eve, server } = await openScene(t, size);
    const words = Array.from({ length: 16 }, (_, index) => `word${index + 1}`).join(' ');
    eve.send(`BCST ${words}`);
    await terminal.shows('word16');
    const first = rowOf(terminal, 'word1 ');
    assert.match(
      first,
      isLarge(size) ? /^\d\d:\d\d {10}eve {3}word1 / : /^\d\d:\d\d {2}eve {2}word1 /,
    );
    // One row on a large screen; otherwise the next begins below the first letter, or close to it.
    const last = rowOf(terminal, 'word16');
    if (isLarge(size)) assert.equal(last, first);
    else assert.match(last, /^ {8}word/);
    // Everybody has a colour of their own, the same each time.
    const frank = await connectLines(t, server.plain);
    frank.send('HELO frank');
    frank.send('BCST me too');
    await terminal.shows('me too');
    eve.send('BCST once more');
    await terminal.shows('once more');
    const colours = (name: string): Set<string> =>
      new Set(
        // oxlint-disable-next-line no-control-regex -- codes of colours
        [...terminal.raw.matchAll(new RegExp(`\u001B\\[38;5;(\\d+)m *${name}\u001B`, 'g'))].map(
          ([, colour = '']) => colour,
        ),
      );
    assert.equal(colours('eve').size, 1);
    assert.notDeepEqual(colours('eve'), colours('frank'));
  },
);

atBothSizes('days stand between the messages of one day and the next', async (t, size) => {
  const data = ['--ping-interval', '0', '--data', await temporaryFolder(t)];
  const speak = async (text: string, nodeArgs: readonly string[] = []) => {
    const server = await startServerProgram(t, { args: data, nodeArgs });
    const eve = await connectLines(t, server.plain);
    eve.send('HELO eve');
    eve.send(`BCST ${text}`);
    while (!(await eve.next()).startsWith('+OK BCST'));
    return server;
  };
  const back = `const now = Date.now; Date.now = () => now() - 86_400_000;`;
  const shifted = `--import=data:text/javascript,${encodeURIComponent(back)}`;
  await (await speak('said a day before', [shifted])).stop();
  const { plain } = await speak('said today');
  const chat = `helo chat --server ${plain.host}:${plain.port} --name bob`;
  const terminal = await openTerminal(t, chat, size);
  await terminal.shows('said today');
  const rows = terminal.lines();
  const place = (text: string | RegExp): number => rows.findIndex((line) => line.match(text));
  const day = /── \w+day, \d+ \w+ \d{4} ──/;
  assert.equal(rows.filter((line) => day.test(line)).length, 2);
  const between = rows.slice(place('said a day before') + 1, place('said today'));
  assert.ok(between.some((line) => day.test(line)));
});

atBothSizes('what names somebody is counted apart from what is only unread', async (t, size) => {
  const { terminal, eve, server } = await openScene(t, size);
  const alice = await startChat(t, { server: server.plain, name: 'alice' });
  terminal.type('/msg alice', keys.enter);
  await terminal.shows('@alice, ');
  eve.send('BCST good morning');
  await terminal.until((lines) => lines.some((line) => /≡ Lobby +1 /.test(line)), 'one unread');
  eve.send('BCST and you, bob?');
  await terminal.until((lines) => lines.some((line) => /≡ Lobby +@2 /.test(line)), 'bob is named');
  // It shows the first unread one, wherever one has gone meanwhile.
  for (let number = 1; number <= 80; number++) eve.send(`BCST message ${number}.`);
  await terminal.until((lines) => lines.some((line) => /≡ Lobby +@82 /.test(line)), 'all unread');
  terminal.type(keys.altA);
  await terminal.shows('Lobby, everybody');
  terminal.type(keys.altU);
  await terminal.shows('━ unread ━');
  await terminal.shows('good morning');
  terminal.type(keys.end);
  await terminal.shows('message 80.');
  await alice.eof();
});

test('with less room than any pane needs there is still the text that is typed', async (t) => {
  const { terminal, eve } = await openScene(t, { columns: 60, rows: 15 });
  assertPanes(terminal, 2);
  terminal.resize(20, 4);
  terminal.type('still here');
  await terminal.shows('> still here');
  terminal.type(keys.enter);
  await eve.expect('BCST [bob] still here');
});
