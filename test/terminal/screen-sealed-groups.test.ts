// Sealed groups on the full screen: in words and shapes, in a small terminal and in a large one.
import { test, type TestContext } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { messagesOf } from '../support/screen.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { keys, openTerminal } from '../support/terminal.ts';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

async function shows(t: TestContext, server: Listener, name: string, size: Size): Promise<void> {
  const data = await temporaryFolder(t);
  const args = ['--data', await temporaryFolder(t)];
  const writer = await startChat(t, { server, name: `to_${name}`, args });
  writer.type(`/create_group ${name} --sealed`);
  await writer.tells(/ is sealed/);
  const chat = `helo chat --server ${server.host}:${server.port} --name bob_${name} --data ${data}`;
  const terminal = await openTerminal(t, `${chat}; echo again; ${chat}`, {
    ...size,
    env: { NO_COLOR: '1' },
  });
  // The mark stands at the name: before it, or behind it where there is room.
  const says = (who: string, text: string) => {
    const shown = new RegExp(
      `(?:◇ *${who}_${name}|${who}_${name} +◇) +${text.replace('?', '\\?')}`,
    );
    return terminal.until(() => shown.test(messagesOf(terminal)), String(shown));
  };
  await terminal.shows('● connected');
  terminal.type(`/join ${name}`, keys.enter);
  await terminal.shows(`#${name}, ◇ sealed group`);
  await terminal.shows(`▌◇ ${name}`);
  await terminal.shows('● connected │ ◇ sealed');
  await terminal.until(() => messagesOf(terminal).includes('you are in: what is said'), 'told');
  writer.type(`@@${name} soup?`);
  await says('to', 'soup?');
  terminal.type('yes', keys.enter);
  await says('bob', 'yes ✓');
  terminal.type('/names', keys.enter);
  await terminal.until(() => /2 people read it: .*compare: /.test(messagesOf(terminal)), 'digits');
  terminal.type(`/create_group tea_${name} --open`, keys.enter);
  await terminal.shows(`#tea_${name}, group`);
  await terminal.shows('● connected │ ○ not encrypted');
  terminal.type('/quit', keys.enter);
  await terminal.shows('again');
  await terminal.shows('● connected');
  await terminal.shows(` ◇ ${name}`);
  terminal.type(`/join ${name}`, keys.enter);
  await terminal.shows(`#${name}, ◇ sealed group`);
  await says('to', 'soup?');
  await says('bob', 'yes ✓');
}

test('the full screen says in words and shapes whether a group is sealed, after a restart too', async (t) => {
  const { plain } = await startServerProgram(t, { args: ['--data', await temporaryFolder(t)] });
  await t.test('80x24', (t) => shows(t, plain, 'small', { columns: 80, rows: 24 }));
  await t.test('200x50', (t) => shows(t, plain, 'large', { columns: 200, rows: 50 }));
});
