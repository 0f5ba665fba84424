// The line client as a person at a terminal sees it: messages of others never garble the input, keys do what people
// expect, and the terminal is restored.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startChat } from '../support/chat-program.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import {
  keys,
  openTerminal,
  type TerminalOptions,
  type TestTerminal,
} from '../support/terminal.ts';

interface Scene {
  readonly server: Listener;
  readonly terminal: TestTerminal;
  /** Somebody else in the same chat. */
  readonly eve: LineClient;
}

/** bob at a terminal and eve at netcat, both logged in. */
async function scene(
  t: TestContext,
  options: TerminalOptions = {},
  after = 'echo "ended with $?"',
): Promise<Scene> {
  const { plain } = await startServerProgram(t);
  const eve = await connectLines(t, plain);
  eve.send('HELO eve');
  await eve.next();
  await eve.next();
  const chat = `helo chat --plain --server ${plain.host}:${plain.port} --name bob`;
  const terminal = await openTerminal(t, `${chat}; ${after}`, options);
  await terminal.shows('/help');
  await terminal.endsWith('>');
  return { server: plain, terminal, eve };
}

test('what is being typed stays whole when others speak, over several rows and in wide letters', async (t) => {
  const { terminal, eve } = await scene(t, { columns: 30 });
  terminal.type('this is long enough to need more rows than one');
  await terminal.endsWith('> this is long enough to need', 'more rows than one');
  eve.send('BCST first');
  await terminal.endsWith('[eve] first', '> this is long enough to need', 'more rows than one');
  terminal.type(' 日本語日本語日本語');
  await terminal.endsWith(
    '> this is long enough to need',
    'more rows than one 日本語日本',
    '語日本語',
  );
  // Into the middle: the cursor is in the first row when the next line comes.
  terminal.type(keys.ctrlA, 'so ');
  await terminal.shows('> so this');
  eve.send('BCST second, and this one is longer than the screen is wide');
  await terminal.endsWith(
    '[eve] first',
    '[eve] second, and this one is',
    '  longer than the screen is',
    '  wide',
    '> so this is long enough to ne',
    'ed more rows than one 日本語日',
    '本語日本語',
  );
  assert.deepEqual(terminal.cursor()[0], '> so '.length);
  terminal.type('then ', keys.enter);
  for (const reply of [
    '+OK BCST first',
    '+OK BCST second, and this one is longer than the screen is wide',
  ]) {
    await eve.expect(reply);
  }
  await eve.expect(
    'BCST [bob] so then this is long enough to need more rows than one 日本語日本語日本語',
  );
  await terminal.endsWith('>');
});

test('input that fills a row to the last column stays whole', async (t) => {
  const { terminal, eve } = await scene(t, { columns: 30 });
  const full = 'x'.repeat(28);
  for (const rest of ['', 'y']) {
    terminal.type(full, rest);
    await terminal.endsWith(`> ${full}`, ...(rest === '' ? [] : [rest]));
    eve.send(`BCST one ${rest}`);
    eve.send(`BCST two ${rest}`);
    await terminal.shows(`[eve] two ${rest}`.trimEnd());
    terminal.type(keys.enter);
    await eve.expect(`+OK BCST one ${rest}`);
    await eve.expect(`+OK BCST two ${rest}`);
    await eve.expect(`BCST [bob] ${full}${rest}`);
    const heard = [`[eve] one ${rest}`, `[eve] two ${rest}`].map((line) => line.trimEnd());
    await terminal.endsWith(...heard, `> ${full}`, rest, '>');
  }
});

test('a flood of lines leaves the input as it was', async (t) => {
  const { terminal, eve } = await scene(t);
  terminal.type('half a sen');
  const lines = Array.from({ length: 500 }, (_, number) => `BCST line ${number}`);
  eve.socket.write(`${lines.join('\n')}\n`);
  terminal.type('tence');
  await terminal.endsWith('[eve] line 498', '[eve] line 499', '> half a sentence');
  const shown = terminal.lines();
  assert.deepEqual(
    shown.slice(0, -1),
    Array.from({ length: 23 }, (_, row) => `[eve] line ${477 + row}`),
  );
});

test('the input survives a resize in both directions', async (t) => {
  const { terminal, eve } = await scene(t, { columns: 60 });
  terminal.type('a sentence that is a bit longer than forty columns');
  await terminal.shows('> a sentence that is a bit longer than forty columns');
  terminal.resize(40, 24);
  eve.send('BCST narrow');
  await terminal.endsWith(
    '[eve] narrow',
    '> a sentence that is a bit longer than f',
    'orty columns',
  );
  terminal.resize(80, 24);
  eve.send('BCST wide');
  await terminal.endsWith('[eve] wide', '> a sentence that is a bit longer than forty columns');
  await terminal.shows('[eve] narrow');
  terminal.type(keys.enter);
  await terminal.endsWith('> a sentence that is a bit longer than forty columns', '>');
});

test('pasted text goes where the cursor is, and never completes', async (t) => {
  const { terminal, eve } = await scene(t, { columns: 30 });
  terminal.type('ends here');
  await terminal.endsWith('> ends here');
  terminal.type(keys.home, 'this was pasted from somewhere and ', keys.home, '/j\there ');
  await terminal.endsWith('> /j      here this was pasted', ' from somewhere and ends here');
  terminal.type(keys.home, 'x', keys.enter);
  await eve.expect('BCST [bob] x/j      here this was pasted from somewhere and ends here');
  terminal.type('one\rtwo\rthree');
  await eve.expect('BCST [bob] one');
  await eve.expect('BCST [bob] two');
  await terminal.endsWith('> one', '> two', '> three');
});

test('tabs in pasted text keep their width, at the beginning of lines and behind what is typed', async (t) => {
  const { terminal, eve } = await scene(t);
  terminal.type('if x:\r\tgo\r\t\tthere\tnow\r');
  await eve.expect('BCST [bob] if x:');
  await eve.expect('BCST [bob]         go');
  await eve.expect('BCST [bob]                 there   now');
  await terminal.endsWith('>');
  terminal.type('日本 ');
  await terminal.endsWith('> 日本');
  terminal.type('a\tb', keys.enter);
  await eve.expect('BCST [bob] 日本 a  b');
});

test('what was typed when the terminal goes away is not sent', async (t) => {
  const { terminal, eve } = await scene(t);
  terminal.type('half a sentence');
  await terminal.endsWith('> half a sentence');
  terminal.hangUp();
  eve.send('*');
  await terminal.ended;
  assert.match(await eve.next(), /^-SOFT_ERR/);
  // The terminal ends before the server knows it.
  let here = '';
  while (here !== '+SUCCESS [eve]') {
    eve.send('GET_USERS *all');
    here = await eve.next();
    assert.match(here, /^\+SUCCESS/);
  }
});

test('keys edit the line, and the history comes back', async (t) => {
  const { terminal, eve } = await scene(t);
  terminal.type('hello wrld', keys.left, keys.left, keys.left, 'o', keys.enter);
  await eve.expect('BCST [bob] hello world');
  terminal.type('one two three', keys.ctrlW, keys.backspace, '!', keys.enter);
  await eve.expect('BCST [bob] one two!');
  terminal.type(keys.up, keys.up, '?', keys.enter);
  await eve.expect('BCST [bob] hello world?');
  terminal.type('/jo');
  await terminal.endsWith('> /jo');
  terminal.type(keys.tab, 'g', keys.enter);
  await terminal.endsWith('> /join g', 'no such group!', '>');
  eve.send('BCST so that bob knows my name');
  await terminal.shows('[eve] so that');
  terminal.type('hi @e');
  await terminal.endsWith('> hi @e');
  terminal.type(keys.tab, '!', keys.enter);
  await eve.expect('+OK BCST so that bob knows my name');
  await eve.expect('BCST [bob] hi @eve !');
});

test('Ctrl-C takes away what is typed, then asks, then leaves; the terminal is as before', async (t) => {
  const { terminal } = await scene(t, {}, 'echo "ended with $?"; stty -a');
  terminal.type('not meant', keys.ctrlC);
  await terminal.endsWith('>');
  terminal.type(keys.ctrlY);
  await terminal.endsWith('> not meant');
  terminal.type(keys.ctrlC, keys.ctrlC);
  await terminal.endsWith('* Ctrl-C again leaves at once, q when all is sent', '>');
  terminal.type(keys.ctrlC);
  await terminal.shows('ended with 130');
  await terminal.ended;
  assert.match(terminal.raw, /[^-]icanon\b/);
  assert.match(terminal.raw, /[^-]echo\b/);
});

test('Ctrl-D and q leave with a goodbye', async (t) => {
  const one = await scene(t);
  one.terminal.type(keys.ctrlD);
  await one.terminal.endsWith('Goodbye', 'ended with 0');
  const other = await scene(t);
  other.terminal.type('q', keys.enter);
  await other.terminal.endsWith('> q', 'Goodbye', 'ended with 0');
});

test('a server that goes away while one types is told, and the terminal given back', async (t) => {
  const server = await startServerProgram(t);
  const { host, port } = server.plain;
  const chat = `helo chat --plain --no-reconnect --server ${host}:${port} --name bob`;
  const terminal = await openTerminal(t, `${chat}; echo "ended with $?"`);
  await terminal.shows('/help');
  terminal.type('half');
  await terminal.endsWith('> half');
  await server.stop();
  await terminal.endsWith(
    'helo: the server ended the connection: the server is shutting down.',
    'ended with 3',
  );
});

test('a lost connection is told once, and once more when it is back; what is typed meanwhile is said then', async (t) => {
  const data = ['--data', await temporaryFolder(t)];
  const server = await startServerProgram(t, { args: data });
  const { host, port } = server.plain;
  const watcher = await startChat(t, { server: server.plain, name: 'watcher' });
  watcher.type('*all');
  await watcher.prints('[watcher]');
  const terminal = await openTerminal(t, `helo chat --plain --server ${host}:${port} --name bob`);
  await terminal.shows('/help');
  terminal.type('half');
  await terminal.endsWith('> half');
  await server.stop();
  await terminal.shows('connect again');
  terminal.type(' of it', keys.enter, 'the rest');
  await terminal.endsWith('> half of it', '> the rest');
  await startServerProgram(t, { args: ['--port', String(port), ...data] });
  await terminal.endsWith('* connected again', '> the rest');
  await watcher.prints('[bob] half of it');
});

test('Ctrl-Z and fg bring the prompt back with what was typed', async (t) => {
  const { plain } = await startServerProgram(t);
  const chat = `helo chat --plain --server ${plain.host}:${plain.port} --name bob`;
  const terminal = await openTerminal(t, `set -m; ${chat}; echo stopped; sleep 0; fg; echo done`);
  await terminal.shows('/help');
  terminal.type('half');
  await terminal.endsWith('> half');
  terminal.type(keys.ctrlZ);
  await terminal.shows('stopped');
  await terminal.endsWith('> half');
  terminal.type(' way', keys.enter, 'q', keys.enter);
  await terminal.shows('Goodbye');
  await terminal.endsWith('done');
});

test('a chat that is told to end gives the terminal back first', async (t) => {
  const { plain } = await startServerProgram(t);
  const chat = `exec "\${program[@]}" chat --plain --server ${plain.host}:${plain.port} --name bob`;
  const command = `(echo "pid $BASHPID."; ${chat}); echo "ended with $?"; stty -a; echo over`;
  const terminal = await openTerminal(t, command);
  await terminal.shows('/help');
  const [, pid] = /pid (\d+)\./.exec(terminal.raw) ?? [];
  process.kill(Number(pid), 'SIGTERM');
  await terminal.endsWith('over');
  await terminal.shows('ended with 143');
  assert.match(terminal.raw, /[^-]icanon\b/);
  assert.match(terminal.raw, /[^-]echo\b/);
});

test('names are asked for until they can be one', async (t) => {
  const { plain } = await startServerProgram(t);
  const command = `helo chat --plain --server ${plain.host}:${plain.port}; echo "ended with $?"`;
  const terminal = await openTerminal(t, command);
  await terminal.endsWith('Your name there:');
  terminal.type('not a name', keys.enter);
  await terminal.endsWith(
    'A name is 1 to 32 letters, digits and underscores.',
    'Your name there: not a name',
  );
  terminal.type(keys.ctrlA, keys.ctrlK, 'bob', keys.enter);
  await terminal.shows('as bob');
  terminal.type(keys.ctrlD);
  await terminal.endsWith('ended with 0');
  const leaving = await openTerminal(t, command);
  await leaving.endsWith('Your name there:');
  leaving.type(keys.ctrlC);
  await leaving.endsWith('ended with 130');
});

test('colours tell kinds apart, and go when they are not wanted', async (t) => {
  const coloured = await scene(t);
  coloured.eve.send('BCST hi');
  await coloured.terminal.shows('[eve] hi');
  assert.ok(coloured.terminal.raw.includes('\u001B[36m[eve]\u001B[0m hi'));
  const plain = await scene(t, { env: { NO_COLOR: '1' } });
  plain.eve.send('BCST hi');
  await plain.terminal.shows('[eve] hi');
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch(plain.terminal.raw, /\u001B\[[\d;]*m/);
});

test('a terminal that can do nothing gets lines and nothing else', async (t) => {
  const { plain } = await startServerProgram(t);
  const chat = `helo chat --plain --server ${plain.host}:${plain.port} --name bob; echo "ended with $?"`;
  const terminal = await openTerminal(t, chat, { env: { TERM: 'dumb' } });
  await terminal.shows('/help');
  terminal.type('*all', '\n');
  await terminal.endsWith('*all', '[bob]');
  terminal.type('q', '\n');
  await terminal.endsWith('Goodbye', 'ended with 0');
  assert.ok(!terminal.raw.includes('\u001B'));
});

test('nobody can draw on the screen of another', async (t) => {
  const { terminal, eve } = await scene(t);
  const before = terminal.lines().slice(0, -1);
  terminal.type('safe');
  await terminal.endsWith('> safe');
  const attacks = [
    '\u001B[2J\u001B[H',
    '\u001B[?1049h',
    '\u001B]0;title\u0007',
    '\u001B[31;5m',
    '\u009B2J',
    '\u001B[1A',
    '\u0008\u0008\u0008',
    '\u001Bc',
  ];
  for (const attack of attacks) eve.send(`BCST a${attack}b`);
  await terminal.endsWith(...before, ...attacks.map(() => '[eve] ab'), '> safe');
});
