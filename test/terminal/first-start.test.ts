// The first start as a newcomer sees it: the questions, the replies to wrong answers, the texts afterwards, and that
// nothing is asked twice.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { connectLines } from '../support/line-client.ts';
import { runProgram, startServerProgram } from '../support/program.ts';
import { atOneSize } from '../support/screen.ts';
import { keys, openTerminal, type TestTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/temporary.ts';

const again = 'echo "ended with $?"';

/** A port of this machine where nobody listens. */
async function deafPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  server.close();
  await once(server, 'close');
  return address.port;
}

async function emptied(terminal: TestTerminal): Promise<void> {
  terminal.type(keys.ctrlU);
  await terminal.until((lines) => lines.at(-1) === 'Server:', 'the typed address gone');
}

atOneSize(
  'a newcomer is asked for server and name until they are right, and then never again',
  async (t, size) => {
    const server = await startServerProgram(t, { args: ['--tls-port', '0', '--guests', 'on'] });
    const [line = ''] = /helo chat --server tls:\S+ --name NAME/.exec(server.stdout()) ?? [];
    const [, address = ''] = /--server (\S+)/.exec(line) ?? [];
    const here = address.replace(/\/\/[^:]+:/, '//127.0.0.1:');
    const deaf = `127.0.0.1:${await deafPort()}`;
    const home = await temporaryFolder(t);
    const env = { HOME: home, XDG_DATA_HOME: '' };
    const terminal = await openTerminal(t, `helo chat; ${again}; helo chat; ${again}`, {
      ...size,
      env,
    });

    await terminal.endsWith('Server [127.0.0.1:1337]:');
    assert.match(terminal.lines().join(' '), /Welcome to helo\. Which server/);
    terminal.type('chat example org', keys.enter);
    await terminal.endsWith(
      'That is no address: the host or the port cannot be read.',
      'Addresses look like chat.example.org:1337 or tls://chat.example.org#FINGERPRINT.',
      'Server: chat example org',
    );
    await emptied(terminal);
    terminal.type(deaf, keys.enter);
    await terminal.shows(`Cannot reach ${deaf}: the connection was refused.`);
    // The typed text is there to be changed.
    await terminal.endsWith(`Server: ${deaf}`);
    await emptied(terminal);
    // The line that the server has printed, unchanged.
    terminal.type(`npx ${line.replace(address, here)}`, keys.enter);
    await terminal.endsWith('Your name there:');
    terminal.type('bob the builder', keys.enter);
    await terminal.endsWith(
      'A name is 1 to 32 letters, digits and underscores.',
      'Your name there: bob the builder',
    );
    terminal.type(keys.ctrlU, 'bob', keys.enter);

    // Over TLS the server requires a code from newcomers. Without one they are guests.
    await terminal.shows('Code:');
    terminal.type(keys.enter);
    await terminal.shows('● connected');
    await terminal.shows('the next helo chat comes straight here');
    const words = terminal.lines().join(' ').replaceAll(/\s+/g, ' ').replaceAll('│', '');
    assert.match(words.replaceAll(/ +/g, ' '), /this device has a key of its own now/);
    assert.match(words, /~\/\.local\/share\/helo\/client/);
    // The hint for an empty lobby is still there.
    await terminal.shows('This is the lobby');
    terminal.type('/quit', keys.enter);
    await terminal.shows('ended with 0');

    await terminal.until(() => terminal.isAlternate, 'the second start');
    await terminal.shows('Code:');
    terminal.type(keys.enter);
    await terminal.shows('● connected');
    assert.ok(!terminal.lines().join('\n').includes('comes straight here'));
    const kept = JSON.parse(await readFile(join(home, '.local/state/helo/chat.json'), 'utf8'));
    assert.deepEqual(kept, {
      server: here,
      names: [[`tls-127.0.0.1:${server.tls.port}`, 'bob']],
    });
    terminal.type('/quit', keys.enter);
    await terminal.shows('ended with 0');
  },
);

atOneSize('with --plain too, and a name that is taken is asked for again', async (t, size) => {
  const server = await startServerProgram(t);
  const eve = await connectLines(t, server.plain);
  eve.send('HELO eve');
  await eve.next();
  await eve.next();
  const address = `${server.plain.host}:${server.plain.port}`;
  const chat = `helo chat --plain --server ${address}`;
  const terminal = await openTerminal(t, `${chat}; ${again}; helo chat --plain; ${again}`, size);
  await terminal.shows(`Who are you to the others on ${address}?`);
  await terminal.endsWith('Your name there:');
  terminal.type('eve', keys.enter);
  await terminal.shows('The server refused');
  await terminal.endsWith('Your name there: eve');
  terminal.type('lyn', keys.enter);
  await terminal.shows(`* connected to ${address} as evelyn`);
  await terminal.shows('the name evelyn belongs');
  await terminal.endsWith('>');
  terminal.type('hello', keys.enter);
  await eve.expect('BCST [evelyn] hello');
  terminal.type('q', keys.enter);
  await terminal.shows('ended with 0');
  // The second start knows server and name.
  await terminal.until(
    (lines) => lines.filter((row) => row.includes('as evelyn')).length === 2,
    'the second arrival',
  );
  terminal.type('q', keys.enter);
});

atOneSize('Ctrl-C and Ctrl-D leave at once, with the terminal in order', async (t, size) => {
  // The last words of a shell that ends may be lost: this one stays.
  const check = `${again}; stty -a | grep -o -e ' -\\?icanon' -e ' -\\?echo ' | tr -d '\\n'; echo .; read`;
  for (const [key, mode] of [
    [keys.ctrlC, ''],
    [keys.ctrlD, '--plain'],
  ] as const) {
    const terminal = await openTerminal(t, `helo chat ${mode}; ${check}`, size);
    await terminal.endsWith('Server [127.0.0.1:1337]:');
    terminal.type(key);
    await terminal.endsWith('Server [127.0.0.1:1337]:', 'ended with 130', ' icanon echo .');
    assert.equal(terminal.isAlternate, false);
  }
});

test('a flag and a variable win over what is remembered, and become it', async (t) => {
  const [one, two] = [await startServerProgram(t), await startServerProgram(t)];
  const [first, second] = [one, two].map(({ plain }) => `${plain.host}:${plain.port}`);
  const chats = [
    `helo chat --plain --server ${first} --name bob`,
    `HELO_SERVER=${second} helo chat --plain --name dora`,
    'helo chat --plain',
    `helo chat --plain --server ${first}`,
    // A guest's name is free afterwards.
    `helo chat --plain --server ${first} --name visitor --guest`,
    'helo chat --plain',
  ];
  const terminal = await openTerminal(t, chats.join('; '), { rows: 50 });
  const arrives = async (server: string | undefined, name: string, count = 1) => {
    const words = `connected to ${server} as ${name}`;
    await terminal.until(
      (lines) => lines.filter((row) => row.includes(words)).length === count,
      words,
    );
    await terminal.endsWith('>');
    terminal.type('q', keys.enter);
  };
  await arrives(first, 'bob');
  await arrives(second, 'dora');
  await arrives(second, 'dora', 2);
  await arrives(first, 'bob', 2);
  await arrives(first, 'visitor');
  await arrives(first, 'bob', 3);
  assert.equal(await terminal.ended, 0);
});

test('keys in a place of their own have a memory of their own', async (t) => {
  const { plain } = await startServerProgram(t);
  const data = await temporaryFolder(t);
  const flags = `--server ${plain.host}:${plain.port} --name bob`;
  const terminal = await openTerminal(
    t,
    `helo chat --plain --data ${data} ${flags}; helo chat --plain`,
  );
  await terminal.endsWith('>');
  terminal.type('q', keys.enter);
  await terminal.endsWith('Server [127.0.0.1:1337]:');
  const kept = await readFile(join(data, 'chat.json'), 'utf8');
  assert.match(kept, /"bob"/);
  terminal.type(keys.ctrlC);
  assert.equal(await terminal.ended, 130);
});

test('in a pipe nothing is asked, whatever is remembered', async (t) => {
  const home = await remembering(
    t,
    '{"server":"127.0.0.1:1","names":[["plain-127.0.0.1:1","bob"]]}',
  );
  const { code, stdout, stderr } = await runProgram(t, { args: ['chat'], env: { HOME: home } });
  assert.deepEqual([code, stdout, stderr], [1, '', 'helo: a name is needed. Say --name NAME.\n']);
});

test('a damaged memory is as good as none', async (t) => {
  const home = await remembering(t, '{"server":');
  const terminal = await openTerminal(t, 'helo chat', { env: { HOME: home } });
  await terminal.endsWith('Server [127.0.0.1:1337]:');
});

async function remembering(t: TestContext, text: string): Promise<string> {
  const home = await temporaryFolder(t);
  const folder = join(home, '.local/state/helo');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'chat.json'), text);
  return home;
}

atOneSize(
  'everything has its place under home, or where the variables say, for its owner alone',
  async (t, size) => {
    const { plain } = await startServerProgram(t);
    const chat = `helo chat --server ${plain.host}:${plain.port} --name`;
    const paths = async (folder: string): Promise<string[]> =>
      (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    const visit = async (name: string, env: Readonly<Record<string, string>>): Promise<void> => {
      const terminal = await openTerminal(t, `${chat} ${name}; ${again}; read`, { ...size, env });
      await terminal.shows('● connected');
      terminal.type('/set people hidden', keys.enter);
      await terminal.shows('people is hidden, kept in');
      terminal.type('/quit', keys.enter);
      await terminal.shows('ended with 0');
    };
    const home = await temporaryFolder(t);
    await visit('bob', { HOME: home, XDG_DATA_HOME: '', XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' });
    const usual = await paths(home);
    const places = ['.config/helo/', '.local/share/helo/', '.local/state/helo/'];
    for (const place of places)
      assert.ok(
        usual.some((path) => path.startsWith(place)),
        place,
      );
    assert.deepEqual(
      usual.filter((path) => !places.some((place) => path.startsWith(place))),
      [],
    );
    for (const path of usual.filter((path) => path.startsWith('.local/share'))) {
      assert.equal((await stat(join(home, path))).mode & 0o077, 0, path);
    }

    const other = await temporaryFolder(t);
    const bare = await temporaryFolder(t);
    await visit('dora', {
      HOME: bare,
      XDG_DATA_HOME: join(other, 'd'),
      XDG_CONFIG_HOME: join(other, 'c'),
      XDG_STATE_HOME: join(other, 's'),
    });
    assert.deepEqual(await paths(bare), []);
    assert.deepEqual(
      new Set((await paths(other)).map((path) => path.split('/').slice(0, 2).join('/'))),
      new Set(['c/helo', 'd/helo', 's/helo']),
    );
  },
);
