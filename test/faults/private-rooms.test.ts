// Private conversations that move from the session of two to a sealed room, over a real server: in order, each text once,
// whoever founds the room, and whatever is killed.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runProgram, startServerProgram } from '../support/program.ts';
import { comes, type SealedChat } from '../support/sealed-chats.ts';
import { startRecordingProxy } from '../support/servers/recording-proxy.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

/** A server, and what its clients have sent to it: SENDs that name a commit are sealed for a room. */
async function watched(t: TestContext) {
  const server = await startServerProgram(t, {});
  const proxy = await startRecordingProxy(t, server.plain);
  const all = () => proxy.recorded().join('\n');
  const inRoom = () => [...all().matchAll(/^SEND .*"on":\d/gm)].length;
  return { server: { plain: { host: proxy.host, port: proxy.port } }, all, inRoom };
}

async function talk(from: SealedChat, to: SealedChat, text: string): Promise<void> {
  await from.says(`@${to.name}`, text);
  await to.hears(`@${from.name} ${from.name}: ${text}`);
}

test('a private conversation moves into a room once both programs can, in order and without losing or repeating a text', async (t) => {
  const { server, all, inRoom } = await watched(t);
  const [alice, bob] = await Promise.all(
    ['alice', 'bob'].map((name) => comes(t, server.plain, name)),
  );
  assert.ok(alice && bob);
  const said: string[] = [];
  // Some of them are sealed for the session of two while the room comes into use.
  for (let at = 0; inRoom() < 5; at++) {
    assert.ok(at < 300, `no room is used:\n${all().slice(-4000)}`);
    said.push(`text ${at}`);
    await alice.says('@bob', `text ${at}`);
  }
  for (let at = 0; at < 20; at++) said.push(`burst ${at}`);
  await Promise.all(said.slice(-20).map((text) => alice.chat.say('@bob', text).stored));
  await talk(bob, alice, 'and back');
  await bob.hears('@alice alice: burst 19');
  assert.deepEqual(
    bob.heard.map((line) => line.replace('@alice alice: ', '')),
    said,
  );
  assert.deepEqual(alice.told, []);
  assert.deepEqual(bob.told, []);
  const delivered = await alice.chat.history('@bob', { limit: 1 });
  assert.equal(delivered[0]?.text, 'and back');
});

test('two who write to each other at the same moment found one room', async (t) => {
  const { server, inRoom, all } = await watched(t);
  const [alice, bob] = await Promise.all(
    ['alice', 'bob'].map((name) => comes(t, server.plain, name)),
  );
  assert.ok(alice && bob);
  const [a, b]: string[][] = [[], []];
  for (let at = 0; inRoom() < 6; at++) {
    assert.ok(at < 300, `no room is used:\n${all().slice(-4000)}`);
    await Promise.all([alice.says('@bob', `a ${at}`), bob.says('@alice', `b ${at}`)]);
    a?.push(`@alice alice: a ${at}`);
    b?.push(`@bob bob: b ${at}`);
  }
  await eventually(() => bob.heard.length >= (a?.length ?? 0), 'all for bob');
  await eventually(() => alice.heard.length >= (b?.length ?? 0), 'all for alice');
  assert.deepEqual(bob.heard, a);
  assert.deepEqual(alice.heard, b);
});

test('who was away reads what was said in the room, and goes on in it', async (t) => {
  const { server, inRoom, all } = await watched(t);
  const [alice, bob] = await Promise.all(
    ['alice', 'bob'].map((name) => comes(t, server.plain, name)),
  );
  assert.ok(alice && bob);
  for (let at = 0; inRoom() < 1; at++) {
    assert.ok(at < 300, `no room is used:\n${all().slice(-4000)}`);
    await talk(alice, bob, `here ${at}`);
  }
  await bob.chat.close();
  for (let at = 0; at < 3; at++) await alice.says('@bob', `away ${at}`);
  const later = await comes(t, server.plain, 'bob', bob.data);
  await later.hears('@alice alice: away 2');
  assert.deepEqual(
    later.heard.filter((line) => line.includes('away')),
    [0, 1, 2].map((at) => `@alice alice: away ${at}`),
  );
  const before = inRoom();
  await talk(later, alice, 'back again');
  assert.equal(inRoom(), before + 1);
});

for (const hasRoom of [true, false]) {
  const when = hasRoom ? 'after' : 'before';
  test(`a server put back to ${when} the founding of a room: both go on, and hear what is said later once`, async (t) => {
    const data = await temporaryFolder(t);
    const first = await startServerProgram(t, { args: ['--data', data] });
    const { plain } = first;
    const helo = async (...args: string[]) => {
      const { code, stderr } = await runProgram(t, { args: [...args, '--data', data] });
      assert.equal(code, 0, stderr);
    };
    const file = join(await temporaryFolder(t), 'backup');
    const [alice, bob] = await Promise.all(['alice', 'bob'].map((name) => comes(t, plain, name)));
    assert.ok(alice && bob);
    if (!hasRoom) await helo('backup', file);
    // So many that both are in the room at the end.
    for (let at = 0; at < 8; at++) await talk(alice, bob, `before ${at}`);
    await talk(bob, alice, 'before too');
    if (hasRoom) await helo('backup', file);
    await talk(alice, bob, 'lost there');
    await first.stop();
    await helo('restore', file, '--replace');
    await startServerProgram(t, { args: ['--data', data, '--port', String(plain.port)] });
    for (const one of [alice, bob]) await one.isOnline();
    // What was said just then may come back, with the reason.
    const says = async (from: SealedChat, text: string) => {
      for (let tries = 0; ; tries++) {
        const stored = await from.chat
          .say(`@${from === alice ? 'bob' : 'alice'}`, text)
          .stored.then(
            () => true,
            (cause: unknown) => {
              if (tries === 20) throw cause;
              return false;
            },
          );
        if (stored) return;
      }
    };
    await says(alice, 'later');
    await bob.hears('@alice alice: later');
    await says(bob, 'later too');
    await alice.hears('@bob bob: later too');
    for (const text of ['lost there', 'later']) {
      assert.equal(bob.heard.filter((line) => line.endsWith(`: ${text}`)).length, 1, text);
    }
  });
}
