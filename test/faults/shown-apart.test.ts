// A server that shows two people different lists of devices, each truly signed: their programs find it out over what they
// say to each other, both are told, and neither seals anything from then on. The programs, the server and all between them
// are real; somebody stands in the cable of one of the two who has the server's key (device-world.ts has what is simulated).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryCopy } from '../../src/client/account/directory/directory-copy.ts';
import { decodeDirectory } from '../../src/client/account/directory/stored-directory.ts';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import { concatBytes } from '../../src/lib/bytes.ts';
import { formatExtendedEvent, parseExtendedEvent } from '../../src/wire/extended/events.ts';
import {
  directoryEntry,
  directoryEntryBytes,
  directoryTag,
  headToSign,
} from '../../src/wire/statements/directory.ts';
import { devicesBefore } from '../support/device-lives/beginnings.ts';
import { DeviceLife } from '../support/device-lives/device-life.ts';
import type { DeviceWorld } from '../support/device-lives/device-world.ts';
import type { LifeDevice } from '../support/device-lives/life-device.ts';
import { openToyCiphers } from '../support/lives/toy-ciphers.ts';
import { ciphers } from '../support/statements.ts';

const { sha256 } = ciphers;
/** The first word about a list comes so long after the start. */
const firstHeadMs = 61_000;

/** Shows the devices of `name` a list that goes on with `ghost` from what they have. */
function showsApart(world: DeviceWorld, name: string, known: Uint8Array, ghost: Uint8Array): void {
  const shown = concatBytes(known, ghost);
  const copy = new DirectoryCopy(sha256, shown);
  const head = { size: copy.size, hash: copy.root(), at: 5 };
  const signed = {
    ...head,
    hash: encodeBase64url(head.hash),
    signature: encodeBase64url(world.identity.sign(headToSign(head))),
  };
  world.lies = (to, line) => {
    const said = to.startsWith(name) ? parseExtendedEvent(line) : undefined;
    if (said?.verb !== 'DIRECTORY') return line;
    // Nobody asks for what is before the own copy.
    const has = said.label === undefined ? 0 : (world.asked.get(`${to} ${said.label}`) ?? 0);
    const more = shown.subarray(has * directoryEntryBytes);
    const entries = more.length > 0 ? { entries: encodeBase64url(more) } : {};
    return formatExtendedEvent({ ...said, entries: undefined, ...signed, ...entries }).trimEnd();
  };
}

const alarmsOf = ({ events }: LifeDevice) =>
  events.flatMap((event) =>
    event.type === 'directory' && event.news.kind === 'alarm' ? [event.news.alarm.kind] : [],
  );

test('LIE: two people are shown different lists: both are told over what they say to each other, and nothing more is sealed', async () => {
  const acquainted = await devicesBefore(await openToyCiphers(-1, true), false);
  const options = { people: 2, putBack: 'never' } as const;
  const life = await DeviceLife.begin(3, await openToyCiphers(3, true), acquainted, options);
  await life.calm();
  const { world } = life;
  const [alice] = life.devicesOf('alice');
  const [bob] = life.devicesOf('bob');
  assert.ok(alice && bob);
  const stored = bob.state.directory && decodeDirectory(sha256, bob.state.directory);
  assert.ok(stored);
  const link = sha256(new TextEncoder().encode('a device that nobody has'));
  const ghost = directoryEntry(directoryTag(sha256, 'mallory'), link);
  showsApart(world, 'bob', stored.entries, ghost);
  // The true list goes on as well: a new account.
  const dave = await life.fresh('dave');
  await dave.start();
  await life.calm();
  for (const device of life.devices) {
    device.kill();
    await device.start();
  }
  await life.calm();
  assert.deepEqual([...alarmsOf(alice), ...alarmsOf(bob)], [], 'each list by itself is right');

  world.fate.pass(firstHeadMs);
  life.speak(alice, 'bob');
  life.speak(bob, 'alice');
  // Nobody decides about it yet.
  const quiet = () =>
    world.calm(
      () => true,
      () => life.where(),
    );
  await quiet();
  assert.deepEqual([alarmsOf(alice), alarmsOf(bob)], [['differs'], ['differs']]);

  const before = world.linesOf('@alice+bob').length;
  for (const [from, to] of [
    [alice, 'bob'],
    [bob, 'alice'],
  ] as const) {
    from.say(to, `held from ${to}`);
    from.say('#g', `held in the group from ${to}`);
  }
  await quiet();
  assert.equal(world.linesOf('@alice+bob').length, before, 'nothing is sealed for the room');
  assert.deepEqual([alice.client?.unsent, bob.client?.unsent], [2, 2], 'it waits');

  // Alice takes what she is shown: what waits goes out. Bob has not decided.
  const { body } = alice;
  assert.equal(await world.finish(alice.client?.acceptDirectory(), body), true);
  await quiet();
  assert.deepEqual([alice.client?.unsent, bob.client?.unsent], [0, 2]);
  life.end();
});
