// What a bad network, lost state and a hostile server can do: delay, and no more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../../../../test/support/pair.ts';
import { World, type Line, type Person } from '../../../../test/support/worlds/private-world.ts';
import { createDevice } from '../../../e2ee/device.ts';
import { ShownTexts } from '../shown-texts.ts';

async function acquainted(): Promise<{ world: World; alice: Person; bob: Person }> {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  alice.say('bob', 'hello');
  await world.pass(1000);
  for (const { events } of [alice, bob]) events.length = 0;
  return { world, alice, bob };
}

/** A network that applies `change` to the PM lines to `name` with these numbers, counted from 0. */
function tamperWith(
  world: World,
  name: string,
  numbers: readonly number[],
  change: (line: Line) => readonly Line[],
): void {
  let count = 0;
  world.tamper = (line, to) => {
    if (line.verb !== 'PM' || to.name !== name) return [line];
    return numbers.includes(count++) ? change(line) : [line];
  };
}

function renewals({ events }: Person): unknown[] {
  return events.flatMap((event) => (event.type === 'session-renewed' ? [event.reason] : []));
}

test('a peer who logged in again is noticed by what it cannot read', async () => {
  const { world, alice, bob } = await acquainted();
  await bob.relogin();
  const id = alice.say('bob', 'still there?');
  await world.pass(2000);
  assert.deepEqual(bob.read(), ['alice: still there?']);
  assert.deepEqual(
    alice.all('delivered').map((event) => event.id),
    [id],
  );
  assert.deepEqual(renewals(alice), ['peer-restarted']);
  assert.deepEqual(renewals(bob), ['unreadable']);
});

test('a peer who logged in again and writes first is answered in its own session', async () => {
  const { world, alice, bob } = await acquainted();
  await bob.relogin();
  bob.say('alice', 'back again');
  await world.pass(1000);
  assert.deepEqual(alice.read(), ['bob: back again']);
  assert.deepEqual(renewals(alice), ['peer-restarted']);
  const before = world.recording.length;
  alice.say('bob', 'welcome');
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: welcome']);
  assert.equal(world.recording.length, before + 2, 'a text and its receipt, no handshake');
});

test('a text that was unconfirmed when the peer logged in again arrives in the new session', async () => {
  const { world, alice, bob } = await acquainted();
  const id = alice.say('bob', 'on the way');
  await world.move(alice.up);
  await alice.messenger.idle();
  await world.move(alice.up);
  await bob.relogin();
  bob.say('alice', 'back again');
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: on the way']);
  assert.deepEqual(
    alice.all('delivered').map((event) => event.id),
    [id],
  );
});

test('a lost first line: the session is made anew and the text goes again', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  tamperWith(world, 'bob', [0], () => []);
  const id = alice.say('bob', 'hello');
  await world.pass(4900);
  assert.deepEqual(bob.read(), []);
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: hello']);
  assert.deepEqual(
    alice.all('delivered').map((event) => event.id),
    [id],
  );
  assert.deepEqual(renewals(alice), ['no-receipt']);
});

test('a lost receipt: the text goes again and is shown once', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  tamperWith(world, 'alice', [0], () => []);
  alice.say('bob', 'hello');
  await world.pass(10_000);
  assert.deepEqual(bob.read(), ['alice: hello']);
  assert.equal(alice.all('delivered').length, 1);
});

test('no line ever arrives: the text is given up, with the reason, after bounded tries', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  world.tamper = (line) => (line.verb === 'PM' ? [] : [line]);
  const id = alice.say('bob', 'hello');
  await world.pass(60_000);
  assert.deepEqual(bob.read(), []);
  assert.deepEqual(alice.all('not-delivered'), [
    { type: 'not-delivered', to: 'bob', id, text: 'hello', reason: 'no-receipt' },
  ]);
  assert.ok(world.recording.length <= 12, `${world.recording.length} lines`);
  assert.equal(alice.all('sent').length, 1);
});

test('repeated lines show nothing twice', async () => {
  const { world, alice, bob } = await acquainted();
  world.tamper = (line) => [line, line, line];
  for (const text of ['one', 'two']) alice.say('bob', text);
  await world.pass(20_000);
  assert.deepEqual(bob.read(), ['alice: one', 'alice: two']);
  assert.deepEqual(renewals(alice), []);
  assert.equal(bob.all('unreadable').length + bob.all('suspicious').length, 0);
});

test('a line that overtakes the one with its Welcome waits for it', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  const kept: Line[] = [];
  world.tamper = (line, to) => {
    if (line.verb !== 'PM' || to !== bob || kept.length === 2) return [line];
    kept.push(line);
    if (kept.length < 2) return [];
    const [first, second] = kept;
    assert.ok(first && second);
    const bare = second.rest[0]?.split(' ')[0] ?? '';
    return [{ ...second, rest: [bare] }, first];
  };
  alice.say('bob', 'one');
  alice.say('bob', 'two');
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: one', 'alice: two']);
  assert.equal(alice.all('delivered').length, 2);
  const lines = world.recording.filter((line) => line.includes(': PM @'));
  assert.equal(lines.length, 3, 'two texts and one receipt: nothing was asked for again');
});

test('an altered line is never shown, and the text comes all the same', async () => {
  const alter = (at: (length: number) => number) => (line: Line) => {
    const [token = '', ...rest] = (line.rest[0] ?? '').split(' ');
    const bytes = Buffer.from(token, 'base64url');
    const place = at(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    return [{ ...line, rest: [[bytes.toString('base64url'), ...rest].join(' ')] }];
  };
  for (const at of [() => 4, () => 10, (length: number) => length - 1]) {
    const { world, alice, bob } = await acquainted();
    tamperWith(world, 'bob', [0], alter(at));
    alice.say('bob', 'intact?');
    await world.pass(20_000);
    assert.deepEqual(bob.read(), ['alice: intact?']);
    assert.equal(bob.all('plaintext').length, 0);
    assert.equal(alice.all('delivered').length, 1);
  }
});

test('an altered line that comes whole after all is shown once, whenever that is', async () => {
  for (const isWholeFirst of [false, true]) {
    for (const later of [0, 1, 2, 3, 4]) {
      const { world, alice, bob } = await acquainted();
      let original: Line | undefined;
      let count = 0;
      world.tamper = (line, to) => {
        if (line.verb !== 'PM' || to.name !== 'bob') return [line];
        const at = count++;
        const before = original;
        original ??= line;
        const altered = before === undefined ? [alteredAtEnd(line)] : [line];
        if (at !== later || isWholeFirst)
          return at === 0 && isWholeFirst ? [line, ...altered] : altered;
        return [...altered, before ?? line];
      };
      alice.say('bob', 'once');
      await world.pass(20_000);
      alice.say('bob', 'and again');
      await world.pass(20_000);
      assert.deepEqual(bob.read(), ['alice: once', 'alice: and again'], `${isWholeFirst} ${later}`);
    }
  }
});

function alteredAtEnd(line: Line): Line {
  const [token = '', ...rest] = (line.rest[0] ?? '').split(' ');
  const bytes = Buffer.from(token, 'base64url');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return { ...line, rest: [[bytes.toString('base64url'), ...rest].join(' ')] };
}

test('a line under a false name is caught, not shown, and its text still arrives', async () => {
  const { world, alice, bob } = await acquainted();
  await world.join('carol');
  tamperWith(world, 'bob', [0], (line) => [{ ...line, peer: 'carol' }]);
  alice.say('bob', 'from alice');
  await world.pass(20_000);
  assert.deepEqual(bob.read(), ['alice: from alice']);
  assert.deepEqual(
    bob.all('suspicious').map(({ from }) => from),
    ['carol'],
  );
});

test('a Welcome under a false name is caught', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  await world.join('carol');
  // The whole handshake is relabelled: bob believes that carol is the one who asks and writes.
  world.tamper = (line, to) => {
    if (to === bob && line.peer === 'alice') return [{ ...line, peer: 'carol' }];
    return [line];
  };
  const passKey = (line: Line): Line => ({ ...line, peer: 'alice' });
  alice.say('bob', 'from alice');
  await alice.messenger.idle();
  await world.move(alice.up);
  await world.move(bob.down);
  // The server passes bob's answer to alice instead of carol.
  const answer = bob.up.shift();
  assert.ok(answer);
  bob.up.push(passKey(answer));
  await world.pass(1000);
  assert.deepEqual(bob.read(), []);
  assert.deepEqual(
    bob.all('suspicious').map(({ from }) => from),
    ['carol'],
  );
});

test('a Welcome that comes under another name than it was asked for serves its maker all the same', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  await world.join('carol');
  tamperWith(world, 'bob', [0], (line) => [{ ...line, peer: 'carol' }, line]);
  alice.say('bob', 'from alice');
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: from alice']);
  assert.deepEqual(
    bob.all('suspicious').map(({ reason }) => reason),
    ['carol answers with a key that was made for alice'],
  );
});

test('own lines that come back are dropped', async () => {
  const { world, alice, bob } = await acquainted();
  alice.say('bob', 'echo?');
  await alice.messenger.idle();
  const [line] = alice.up;
  assert.ok(line);
  alice.messenger.receivedPm('bob', line.rest[0] ?? '');
  alice.messenger.receivedPm('alice', line.rest[0] ?? '');
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: echo?']);
  assert.deepEqual(
    alice.events.map(({ type }) => type),
    ['sent', 'delivered'],
  );
});

test('what cannot be got again is told to the person', async () => {
  const { world, alice, bob } = await acquainted();
  alice.say('bob', 'last words');
  await alice.messenger.idle();
  await world.move(alice.up);
  await bob.relogin();
  const [line] = alice.up;
  assert.equal(line, undefined);
  bob.messenger.receivedPm('alice', world.recording.at(-1)?.split(' ')[3] ?? '');
  await world.leave(alice);
  await world.pass(20_000);
  assert.deepEqual(
    bob.all('unreadable').map(({ from }) => from),
    ['alice'],
  );
});

test('lost state with another device key holds texts instead of sending them to a stranger', async () => {
  const { world, alice, bob } = await acquainted();
  bob.device = await createDevice(suite);
  bob.pins.clear();
  bob.shown = new ShownTexts();
  await bob.relogin();
  alice.say('bob', 'private');
  await world.pass(30_000);
  assert.deepEqual(bob.read(), []);
  assert.equal(alice.all('held').length, 1);
});

test('a resend question about texts that arrived sends nothing again', async () => {
  const { world, alice, bob } = await acquainted();
  const before = world.recording.length;
  const token = world.recording.find((line) => line.startsWith('alice: PM'))?.split(' ')[3] ?? '';
  // The first line again, with altered sender data: bob requests its content.
  const bytes = Buffer.from(token, 'base64url');
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  for (let time = 0; time < 3; time++) {
    bob.messenger.receivedPm('alice', bytes.toString('base64url'));
    await world.pass(20_000);
  }
  assert.equal(world.recording.length, before + 2, 'one question, and an answer without a text');
  assert.deepEqual(bob.read(), []);
  assert.equal(bob.all('unreadable').length, 0);
  assert.deepEqual([...renewals(alice), ...renewals(bob)], []);
});

test('floods of hostile lines: bounded work, bounded memory, and others are served', async () => {
  const { world, alice, bob } = await acquainted();
  const token = world.recording.find((line) => line.startsWith('alice: PM'))?.split(' ')[3] ?? '';
  const bytes = Buffer.from(token, 'base64url');
  const before = world.recording.length;
  for (let number = 0; number < 10_000; number++) {
    const name = `mallory${number % 3000}`;
    bytes.writeUInt32BE(number, 8);
    bob.messenger.receivedPm(name, bytes.toString('base64url'));
    bob.messenger.receivedPm('alice', bytes.subarray(0, 100 + (number % 50)).toString('base64url'));
    bob.messenger.receivedKeyRequest(name, String(number));
    bob.messenger.receivedKey(name, token, String(number));
    if (number % 500 === 0) await bob.messenger.idle();
  }
  await bob.messenger.idle();
  bob.up.length = 0;
  const sent = world.recording.slice(before).length;
  assert.ok(sent < 500, `${sent} lines were answered to 40,000`);
  await world.pass(60_000);
  alice.say('bob', 'are you well?');
  await world.pass(20_000);
  assert.equal(bob.read().at(-1), 'alice: are you well?');
});
