// The terminal belongs to the person: it is restored however the chat ends, and nobody else draws on it.
import assert from 'node:assert/strict';
import { startServerProgram } from '../support/program.ts';
import {
  assertPanes,
  atBothSizes,
  atOneSize,
  openScene,
  showPeople,
  typedIn,
} from '../support/screen.ts';
import { keys, openTerminal, type TestTerminal } from '../support/terminal.ts';

/** The shell's screen is back as it was, and the terminal works as before. */
async function assertGivenBack(terminal: TestTerminal): Promise<void> {
  await terminal.until((lines) => lines.includes('before'), 'what stood there before');
  await terminal.shows('over');
  assert.equal(terminal.isAlternate, false);
  assert.match(terminal.raw, /[^-]icanon\b/);
  assert.match(terminal.raw, /[^-]echo\b/);
  for (const mode of ['1049', '2004', '1004']) {
    assert.ok(
      terminal.raw.lastIndexOf(`\u001B[?${mode}l`) > terminal.raw.lastIndexOf(`\u001B[?${mode}h`),
      mode,
    );
  }
  assert.ok(terminal.raw.lastIndexOf('\u001B[?7h') > terminal.raw.lastIndexOf('\u001B[?7l'));
  assert.ok(terminal.raw.lastIndexOf('\u001B[?25h') > terminal.raw.lastIndexOf('\u001B[?25l'));
  assert.ok(!terminal.raw.includes('\u001B[3J'), 'the scrollback was cleared');
}

// The shell stays until the test is over: the last output of a terminal may be lost with it.
const after = 'echo "ended with $?"; stty -a; echo over; read -r line';

atOneSize('/quit gives the terminal back', async (t, size) => {
  const { terminal } = await openScene(t, { ...size, after });
  assert.equal(terminal.isAlternate, true);
  terminal.type('/quit', keys.enter);
  await terminal.shows('ended with 0');
  await assertGivenBack(terminal);
});

atOneSize('Ctrl-C clears what is typed, asks, and leaves', async (t, size) => {
  const { terminal } = await openScene(t, { ...size, after });
  terminal.type('something', keys.ctrlC);
  await terminal.shows('Ctrl-Y brings it back');
  terminal.type(keys.ctrlY);
  await terminal.shows('> something');
  terminal.type(keys.ctrlC, keys.ctrlC);
  await terminal.shows('Ctrl-C again leaves');
  terminal.type(keys.ctrlC);
  await terminal.shows('ended with 130');
  await assertGivenBack(terminal);
});

atOneSize('a server that goes away is told after the terminal was given back', async (t, size) => {
  const { terminal, server } = await openScene(t, { ...size, after, args: '--no-reconnect' });
  await server.stop();
  await terminal.shows('the server is shutting down');
  await terminal.shows('ended with 3');
  await assertGivenBack(terminal);
});

for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  atBothSizes(`${signal} gives the terminal back first`, async (t, size) => {
    const { plain } = await startServerProgram(t);
    const chat = `exec "\${program[@]}" chat --server ${plain.host}:${plain.port} --name bob`;
    const command = `echo before; (echo "pid $BASHPID."; ${chat}); ${after}`;
    const terminal = await openTerminal(t, command, size);
    await terminal.shows('● connected');
    const [, pid] = /pid (\d+)\./.exec(terminal.raw) ?? [];
    process.kill(Number(pid), signal);
    await terminal.shows(`ended with ${signal === 'SIGTERM' ? 143 : 130}`);
    await assertGivenBack(terminal);
  });
}

atOneSize(
  'a crash gives the terminal back first, and says so where it can be read',
  async (t, size) => {
    const crash = `process.stdout.on('resize', () => { if (process.stdout.columns === 77) throw new Error('boom'); })`;
    const { terminal } = await openScene(t, {
      ...size,
      after,
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}` },
    });
    terminal.resize(77, size.rows);
    await terminal.shows('stopped by a bug of its own');
    await terminal.shows('ended with 2');
    await assertGivenBack(terminal);
  },
);

atOneSize(
  'Ctrl-Z gives the terminal to the shell, and fg brings the screen back with what was typed',
  async (t, size) => {
    const { terminal } = await openScene(t, {
      ...size,
      before: 'set -m; echo before',
      after: 'echo stopped; read -r line; fg; echo "again $?"; stty -a; echo over; read -r line',
    });
    terminal.type('half');
    await terminal.shows('> half');
    terminal.type(keys.ctrlZ);
    await terminal.shows('stopped');
    assert.equal(terminal.isAlternate, false);
    terminal.type(keys.enter);
    await terminal.shows('> half');
    assert.equal(terminal.isAlternate, true);
    terminal.type(keys.ctrlC, '/quit', keys.enter);
    await terminal.shows('again 0');
    await assertGivenBack(terminal);
  },
);

atBothSizes('resizes keep what is typed, at every size', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  terminal.type('typed before');
  for (const [columns, rows] of [
    [200, 50],
    [60, 15],
    [40, 10],
    [20, 5],
    [300, 100],
    [80, 24],
  ] as const) {
    terminal.resize(columns, rows);
    await terminal.until((lines) => {
      const [, row] = terminal.cursor();
      return row >= rows - 3 && lines.some((line) => line.startsWith('> typed'));
    }, `the input at the bottom of ${columns}x${rows}`);
  }
  terminal.type(' and after', keys.enter);
  await eve.expect('BCST [bob] typed before and after');
});

atBothSizes('a window that is pulled while somebody types loses no letter', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  const words = ['héllo ', '日本 ', '👨‍👩‍👧 ', 'and ', 'so ', 'on ', 'to ', 'the ', 'end'];
  // Nothing waits: sizes and letters come in any order.
  for (const [index, word] of words.entries()) {
    terminal.resize(size.columns - 7 * index, size.rows - index);
    terminal.type(word);
    eve.send(`BCST meanwhile ${index}.`);
  }
  terminal.resize(size.columns, size.rows);
  await terminal.until(() => typedIn(terminal) === words.join(''), 'all that was typed');
  await terminal.shows('meanwhile 8.');
  assertPanes(terminal, size.columns < 100 ? 2 : 3);
  terminal.type(keys.enter);
  for (const [index] of words.entries()) await eve.expect(`+OK BCST meanwhile ${index}.`);
  await eve.expect(`BCST [bob] ${words.join('')}`);
});

atBothSizes(
  'emoji of many parts, wide letters, marks and right-to-left text break no column',
  async (t, size) => {
    const { terminal, eve } = await openScene(t, size);
    for (const text of [
      '👨‍👩‍👧‍👦 family 👍🏽',
      '日本語のテキスト',
      'e\u0301o\u0308 marks',
      'שלום עולם',
      '🏳️‍🌈 flag 🇩🇪',
    ]) {
      eve.send(`BCST ${text} ${'x'.repeat(150)} end`);
    }
    await terminal.shows('flag');
    assertPanes(terminal, size.columns < 100 ? 2 : 3);
    showPeople(terminal, size);
    await terminal.shows('● eve');
    assertPanes(terminal, 3);
    terminal.type('👨‍👩‍👧日本');
    await terminal.shows('日本');
    terminal.type(keys.backspace, keys.backspace, keys.backspace, 'x');
    await terminal.until(() => typedIn(terminal) === 'x', 'one family is one character');
  },
);

atBothSizes('nobody can draw on the screen of another', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  eve.send(
    'BCST \u001B[2J\u001B[31mred\u001B]0;title\u0007 \u001B]52;c;aGk=\u0007\u009B5Aup \u202Eturned',
  );
  await terminal.shows('turned');
  await terminal.shows('red up turned');
  for (const sequence of ['\u001B[31m', ']0;title', ']52;', '\u009B', '\u202E']) {
    assert.ok(!terminal.raw.includes(sequence), JSON.stringify(sequence));
  }
});

atBothSizes('the mouse scrolls, chooses, and never types', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  for (let number = 1; number <= 60; number++) eve.send(`BCST message ${number}.`);
  await terminal.shows('message 60.');
  terminal.type('/create_group team --open', keys.enter);
  await terminal.shows('#team, group');
  terminal.type(keys.ctrlP);
  await terminal.shows('message 60.');
  terminal.type(keys.altM);
  await terminal.shows('mouse on');
  for (let turn = 0; turn < 30; turn++) terminal.type('\u001B[<64;40;10M');
  await terminal.shows('message 1.');
  terminal.type('\u001B[<0;5;3M', '\u001B[<0;5;3m');
  await terminal.shows('#team, group');
  assert.equal(typedIn(terminal), '');
  terminal.type(keys.altM);
  await terminal.shows('mouse off');
});

atOneSize(
  'bytes of a mouse that nobody has turned on are no text, whole or in pieces',
  async (t, size) => {
    const { terminal, eve } = await openScene(t, size);
    terminal.type('be', '\u001B[<0;5;3M', '\u001B[<0;5;3m', '\u001B[<64;40;10M', 'fore');
    await terminal.shows('> before');
    // Its Escape comes so early that it counts as the key.
    terminal.type('\u001B');
    eve.send('BCST a moment');
    await terminal.shows('a moment');
    terminal.type('[<', '35;1', '00;20', 'M');
    terminal.type(' and after', keys.enter);
    await eve.expect('+OK BCST a moment');
    await eve.expect('BCST [bob] before and after');
  },
);
