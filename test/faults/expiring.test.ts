// Messages that disappear, between two people at a real server, one of them with two devices: all hold the same timer; what
// is said under it is gone from every device an hour after it was read there, from every file, and from the server's.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { textOf } from '../../src/client/content.ts';
import type { Timers } from '../../src/client/ports.ts';
import { nodeTimers } from '../../src/platform/node/runtime.ts';
import { StoreFile } from '../../src/store/sqlite/file.ts';
import type { ConversationName } from '../../src/wire/extended/names.ts';
import type { GroupName, Username } from '../../src/wire/text.ts';
import { FakeTimers } from '../support/fake-timers.ts';
import { linkedFolders, startDevice, type OwnDevice } from '../support/own-devices.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

const hour = 3_600_000;
const name = '@alice+bob' as ConversationName;
const toBob = { kind: 'direct', user: 'bob' as Username } as const;
const toAlice = { kind: 'direct', user: 'alice' as Username } as const;

/** Steps of the age are the test's; all shorter waits are real. */
class LongTimers implements Timers {
  readonly long = new FakeTimers();

  after(ms: number, action: () => void): () => void {
    return (ms >= 20_000 ? this.long : nodeTimers).after(ms, action);
  }
}

async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const file of await readdir(folder, { recursive: true })) {
    const bytes = await readFile(join(folder, file)).catch(() => Buffer.alloc(0));
    if (bytes.includes(text)) found.push(file);
  }
  return found;
}

/** The texts that a device has now. */
async function textsAt({ client }: OwnDevice): Promise<string[]> {
  const records = await client.kept(name, undefined, 100);
  const texts = records.map(
    ({ content, amended }) => amended?.edits.at(-1)?.text ?? textOf(content),
  );
  return texts.filter((text) => text !== '' && !text.startsWith('try'));
}

test('what is said under a timer is gone from every device, and what was said before stays', async (t) => {
  const args = ['--registration', 'open', '--ping-interval', '0'];
  const { plain: at } = await startServerProgram(t, { args });
  const { folders } = await linkedFolders(t, at, 'alice', 2);
  const [here = '', there = ''] = folders;
  const [far = ''] = (await linkedFolders(t, at, 'bob', 1)).folders;
  const clocks = [new LongTimers(), new LongTimers(), new LongTimers()] as const;
  const start = (who: string, folder: string, clock: LongTimers) =>
    startDevice(t, at, who, folder, () => {}, { timers: clock });
  const one = await start('alice', here, clocks[0]);
  const two = await start('alice', there, clocks[1]);
  const bob = await start('bob', far, clocks[2]);
  const all = [one, two, bob];
  let seen: string[][] = [];
  const have = (texts: readonly string[]) =>
    eventually(
      async () => {
        const kept = await Promise.all(all.map(textsAt));
        seen = kept;
        return kept.every((those) => those.join(' ') === texts.join(' '));
      },
      `"${texts.join(' ')}" at all three devices`,
      () => JSON.stringify(seen),
    );
  // The first texts go to one device, until all devices of both are in one room.
  const isReached = async () => (await two.client.kept(name, undefined, 1)).length > 0;
  for (let tries = 1; !(await isReached()); tries++) {
    assert.ok(tries < 50, 'a room of both');
    one.client.privateMessage('bob', `try ${tries}`);
    await eventually(async () => {
      const last = (await one.client.kept(name, undefined, 1)).at(-1);
      return (
        last !== undefined && textOf(last.content) === `try ${tries}` && last.state === 'delivered'
      );
    }, `try ${tries}`);
  }
  assert.ok((await one.client.speech?.say(toBob, 'stays'))?.ok);
  await have(['stays']);
  assert.ok((await bob.client.speech?.setTimer(toAlice, 3_600))?.ok);
  // Under the timer already, though the server does not have it yet.
  assert.ok((await bob.client.speech?.say(toAlice, 'numbatfirst'))?.ok);
  await have(['stays', 'numbatfirst']);
  for (const { client } of [one, two]) assert.equal(client.timerAt(toBob), 3_600);
  const said = (await bob.client.kept(name, undefined, 1)).at(-1);
  assert.ok(said?.seq !== undefined && said.localId !== undefined);
  const target = { seq: said.seq, id: said.localId };
  const edit = await bob.client.speech?.edit(
    toAlice,
    { target, from: 'bob', ttl: 3_600 },
    'numbatsecond',
  );
  assert.ok(edit?.ok);
  assert.ok((await two.client.speech?.say(toBob, 'numbatthird'))?.ok);
  await have(['stays', 'numbatsecond', 'numbatthird']);
  for (const { client } of all) {
    const found = await client.search({ words: ['numbatsecond'] }, 9);
    assert.equal(found.ok && found.value.length, 1);
  }
  // Read on one device of alice; the other one hears of it.
  one.client.read(name);
  bob.client.read(name);
  await eventually(async () => {
    const kept = await Promise.all(all.map(({ client }) => client.kept(name, undefined, 99)));
    return kept.flat().every(({ ends, begun }) => ends === undefined || begun === true);
  }, 'the read mark at every device');
  for (const { long } of clocks) long.advance(hour - 60_000);
  await have(['stays', 'numbatsecond', 'numbatthird']);
  for (const { long } of clocks) long.advance(2 * hour);
  await have(['stays']);
  for (const { client } of all) {
    const found = await client.search({ words: ['numbatsecond'] }, 9);
    assert.equal(found.ok && found.value.length, 0);
  }
  assert.ok((await one.client.speech?.setTimer(toBob, 0))?.ok);
  assert.ok((await one.client.speech?.say(toBob, 'stays too'))?.ok);
  await have(['stays', 'stays too']);
  for (const device of all) await device.quit();
  for (const folder of [here, there, far])
    assert.deepEqual(await filesWith(folder, 'numbat'), [], folder);
});

test('in a sealed group its admins decide, and the server erases after twice the time', async (t) => {
  const data = await temporaryFolder(t);
  const args = ['--registration', 'open', '--ping-interval', '0', '--data', data];
  const server = await startServerProgram(t, { args });
  const { plain: at } = server;
  const alice = await startDevice(t, at, 'alice', await temporaryFolder(t));
  const bob = await startDevice(t, at, 'bob', await temporaryFolder(t));
  const lunch = { kind: 'group', group: 'lunch' as GroupName } as const;
  assert.ok((await alice.client.sealGroup('lunch', 'open')).ok);
  const entered = await bob.client.joinSealed('lunch');
  assert.ok(entered !== 'not-sealed' && entered.ok);
  const hears = (text: string) =>
    eventually(async () => {
      const records = await bob.client.kept('#lunch' as ConversationName, undefined, 9);
      return records.some(({ content }) => textOf(content) === text);
    }, text);
  const refused = await bob.client.speech?.setTimer(lunch, 3_600);
  assert.deepEqual(refused?.ok === false && refused.error.code, 'not-your-timer');
  assert.deepEqual(
    (await alice.client.speech?.setTimer({ kind: 'lobby' }, 3_600))?.ok,
    false,
    'the lobby is open',
  );
  assert.ok((await alice.client.speech?.say(lunch, 'before'))?.ok);
  assert.ok((await alice.client.speech?.setTimer(lunch, 3_600))?.ok);
  assert.ok((await alice.client.speech?.say(lunch, 'first'))?.ok);
  await hears('first');
  assert.equal(bob.client.timerAt(lunch), 3_600);
  assert.ok((await bob.client.speech?.say(lunch, 'second'))?.ok);
  await hears('second');
  await eventually(() => bob.client.unsent === 0, 'the second text is stored');
  await alice.quit();
  await bob.quit();
  await server.stop();
  const store = await StoreFile.open(join(data, 'helo.db'), undefined);
  const sealed = (): string[] => {
    const range = {
      after: 0,
      before: 1_000,
      from: 'start',
      maxMessages: 999,
      maxBytes: 1e7,
    } as const;
    const logs = store.load().logs.filter((log) => log.name === '#lunch');
    return logs.flatMap(({ log }) =>
      store.read({ log, ...range }).flatMap(({ bytes }) =>
        Buffer.from(bytes)
          .toString('latin1')
          .split('\n')
          .flatMap((line) => /"sealed":"([^"]*)"/.exec(line)?.[1] ?? []),
      ),
    );
  };
  const before = sealed();
  const age = store.load().clock?.age ?? 0;
  const none = { maxAgeMs: undefined, maxCount: undefined };
  assert.deepEqual(store.trim(none, age + hour).expired, []);
  assert.equal(store.trim(none, age + 3 * hour).expired.length, 2, 'two texts');
  store.forget();
  const left = new Set(sealed());
  const gone = before.filter((one) => !left.has(one));
  assert.equal(gone.length, 2);
  store.close();
  for (const one of gone) assert.deepEqual(await filesWith(data, one.slice(0, 200)), []);
});
