// Who is writing, and who has read how far, between programs at the real server: where it can read what is said and where it
// cannot. Nothing of it is in any file of the server, and nobody is told who has not allowed it.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { decodeBase64url } from '../../src/lib/base64url.ts';
import { startRecordingProxy } from '../support/servers/recording-proxy.ts';
import { startServerProgram } from '../support/program.ts';
import { comes, type SealedChat } from '../support/sealed-chats.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

interface Listening extends SealedChat {
  /** `place: names`, each time that it changed. */
  readonly typing: readonly string[];
  /** `place by seq`. */
  readonly read: readonly string[];
}

async function listens(
  t: TestContext,
  at: Parameters<typeof comes>[1],
  name: string,
): Promise<Listening> {
  const one = await comes(t, at, name);
  const [typing, read]: string[][] = [[], []];
  one.chat.on('typing', ({ place, names }) => typing?.push(`${place}: ${names.join()}`));
  one.chat.on('read', ({ place, by, seq }) => read?.push(`${place} ${by} ${seq}`));
  return { ...one, typing: typing ?? [], read: read ?? [] };
}

/** Says it until it is heard: it may be lost while a room is on its way. */
async function until(
  say: () => void,
  by: Listening,
  what: 'typing' | 'read',
  heard: string,
): Promise<void> {
  const all = by[what];
  const isHeard = () => {
    say();
    return all.includes(heard);
  };
  await eventually(isHeard, `"${heard}" for ${by.name}`, () => all.join('\n'));
}

function typesUntil(from: Listening, place: string, to: Listening, heard: string): Promise<void> {
  return until(() => from.chat.typing(place), to, 'typing', heard);
}

function readUntil(from: Listening, place: string, to: Listening, heard: string): Promise<void> {
  return until(() => from.chat.markRead(place), to, 'read', heard);
}

async function filesWith(folder: string, parts: readonly (string | Buffer)[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of await readdir(folder, { recursive: true })) {
    const bytes = await readFile(join(folder, file)).catch(() => Buffer.alloc(0));
    if ([...parts].some((part) => bytes.includes(part))) found.push(file);
  }
  return found;
}

test('in a private conversation that is sealed both hear who writes and how far it is read; the server sees neither, and keeps nothing of it', async (t) => {
  const data = await temporaryFolder(t);
  const server = await startServerProgram(t, { args: ['--data', data, '--log-level', 'debug'] });
  const proxy = await startRecordingProxy(t, server.plain);
  const at = { host: proxy.host, port: proxy.port };
  const [alice, bob] = [await listens(t, at, 'alice'), await listens(t, at, 'bob')];
  await alice.says('@bob', 'hello');
  await bob.hears('@alice alice: hello');
  await bob.says('@alice', 'hi');
  await alice.hears('@bob bob: hi');
  await typesUntil(alice, '@bob', bob, '@alice: alice');
  await alice.says('@bob', 'that was it');
  await eventually(() => bob.typing.at(-1) === '@alice: ', 'the end of it with the message');
  // Nobody has allowed anything.
  alice.chat.markRead('@bob');
  bob.chat.markRead('@alice');
  await typesUntil(bob, '@alice', alice, '@bob: bob');
  const marks = () =>
    [
      ...proxy
        .recorded()
        .join('\n')
        .matchAll(/^MARK .*$/gm),
    ].map(([line]) => line);
  assert.deepEqual([alice.read, bob.read, marks()], [[], [], []]);

  await alice.chat.receipts('@bob', true);
  await bob.chat.receipts('all', true);
  alice.chat.markRead('@bob');
  const { seq = 0 } = await alice.chat.say('@bob', 'read this').stored;
  await bob.hears('@alice alice: read this');
  await readUntil(bob, '@alice', alice, `@bob bob ${seq}`);
  const [, signals] = [
    marks(),
    [
      ...proxy
        .recorded()
        .join('\n')
        .matchAll(/^SIGNAL .*$/gm),
    ],
  ];
  const lines = [...marks(), ...signals.map(([line]) => line)];
  const sealed = lines.map(
    (line) => /"sealed":"([^"]{208})","on":\d+/.exec(line)?.[1] ?? assert.fail(line),
  );
  assert.ok(sealed.length >= 3);
  await server.kill();
  const parts = sealed.flatMap((one) => [
    one,
    one.slice(20, 60),
    Buffer.from((decodeBase64url(one) ?? assert.fail()).slice(12, 40)),
  ]);
  for (const folder of [data, alice.data, bob.data])
    assert.deepEqual(await filesWith(folder, parts), []);
  assert.doesNotMatch(`${server.stdout()}${server.stderr()}`, /SIGNAL|MARK/);
});

test('in an open lobby it goes to accounts alone; what is allowed for all does not hold there, and who does not tell is not told', async (t) => {
  const { plain } = await startServerProgram(t, {});
  const people = [];
  for (const name of ['alice', 'bob', 'carol']) people.push(await listens(t, plain, name));
  const [alice, bob, carol] = people;
  assert.ok(alice && bob && carol);
  for (const { chat } of [alice, bob, carol]) await chat.receipts('all', true);
  const { seq = 0 } = await alice.chat.say('lobby', 'hello').stored;
  for (const one of [bob, carol]) await one.hears('lobby alice: hello');
  await typesUntil(alice, 'lobby', bob, 'lobby: alice');
  await typesUntil(bob, 'lobby', alice, 'lobby: bob');
  for (const { chat } of [alice, bob, carol]) chat.markRead('lobby');
  for (const { chat } of [alice, bob]) await chat.receipts('lobby', true);
  alice.chat.markRead('lobby');
  await readUntil(bob, 'lobby', alice, `lobby bob ${seq}`);
  // On the same connections, behind all that could have been told.
  for (const one of [alice, bob]) {
    await eventually(() => {
      carol.chat.typing('lobby');
      return one.typing.some((line) => line.includes('carol'));
    }, `carol, who is writing, for ${one.name}`);
  }
  assert.deepEqual(carol.read, []);
  assert.ok(alice.read.every((line) => line.startsWith('lobby bob ')));
});
