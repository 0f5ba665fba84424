// Conversations of several Messengers over a simulated server of version 1: what people see, and what crosses the wire.
// Deliberate faults are in messenger-faults.test.ts, keys in messenger-keys.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../../../../test/support/worlds/private-world.ts';
import { maxQueuedTexts, maxTextBytes, rotateAfterMs, rotateAfterTexts } from './limits.ts';

test('[7.5] a first text makes a session, is read once, and is confirmed', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  const id = alice.say('bob', 'hello');
  await world.pass(1000);
  assert.deepEqual(bob.read(), ['alice: hello']);
  assert.deepEqual(alice.events, [
    { type: 'key-new', user: 'bob' },
    { type: 'sent', to: 'bob', id },
    { type: 'delivered', to: 'bob', id },
  ]);
  const verbs = world.recording.map((line) => line.split(' ')[1]);
  assert.deepEqual(verbs, ['REQUEST_PUBLIC_KEY', 'PUBLIC_KEY', 'PM', 'PM']);
  assert.equal(world.recording[2]?.split(' ').length, 5, 'the first one brings the session key');
  bob.say('alice', 'hi');
  alice.say('bob', 'how are you?');
  await world.pass(1000);
  assert.deepEqual(alice.read(), ['bob: hi']);
  assert.deepEqual(bob.read(), ['alice: hello', 'alice: how are you?']);
  assert.ok(world.recording.slice(4).every((line) => line.split(' ').length === 4));
});

test('[7.5] texts keep their order, and a burst costs few receipts', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  const texts = Array.from({ length: 100 }, (_, number) => `text ${number}`);
  for (const text of texts) alice.say('bob', text);
  await world.pass(1000);
  assert.deepEqual(
    bob.read(),
    texts.map((text) => `alice: ${text}`),
  );
  assert.equal(alice.all('delivered').length, 100);
  const receipts = world.recording.filter((line) => line.startsWith('bob: PM'));
  assert.ok(receipts.length <= 5, `${receipts.length} receipts`);
});

/**
 * Runs `play` with every possible sequence of choices: `choose(n)` gives one of n. The sequences are counted like the
 * digits of a number. Returns how many were played.
 */
async function everyChoice(
  play: (choose: (count: number) => number) => Promise<void>,
): Promise<number> {
  const digits: { at: number; of: number }[] = [];
  for (let played = 1; ; played++) {
    let position = 0;
    await play((count) => {
      if (count < 2) return 0;
      const digit = digits[position] ?? { at: 0, of: count };
      digits[position++] = digit;
      assert.equal(digit.of, count, 'the play is the same up to here');
      return digit.at;
    });
    digits.length = position;
    while (digits.at(-1) !== undefined && digits.at(-1)?.at === (digits.at(-1)?.of ?? 0) - 1) {
      digits.pop();
    }
    const last = digits.at(-1);
    if (last === undefined) return played;
    last.at += 1;
  }
}

test('[7.5] both begin at the same moment: one session, both texts, in every interleaving', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  let round = 0;
  const played = await everyChoice(async (choose) => {
    // New logins forget the sessions of the earlier round.
    await alice.relogin();
    await bob.relogin();
    round += 1;
    alice.say('bob', `a${round}`);
    let bobIsSilent = true;
    for (;;) {
      await alice.messenger.idle();
      await bob.messenger.idle();
      // The server does the same whenever it acts: only the order at the receivers counts.
      const up = [alice.up, bob.up].find((link) => link.length > 0);
      if (up !== undefined) {
        await world.move(up);
        continue;
      }
      const moves = [alice.down, bob.down].filter((link) => link.length > 0);
      const chosen = choose(moves.length + (bobIsSilent ? 1 : 0));
      if (moves.length === 0 && !bobIsSilent) break;
      const link = moves[chosen];
      if (link !== undefined) await world.move(link);
      else {
        bob.say('alice', `b${round}`);
        bobIsSilent = false;
      }
    }
    const before = world.recording.length;
    alice.say('bob', `A${round}`);
    bob.say('alice', `B${round}`);
    await world.settle();
    assert.deepEqual(bob.read(), [`alice: a${round}`, `alice: A${round}`]);
    assert.deepEqual(alice.read(), [`bob: b${round}`, `bob: B${round}`]);
    const groups = [...world.groupsOf('alice', before), ...world.groupsOf('bob', before)];
    assert.equal(groups.length, 2);
    assert.equal(new Set(groups).size, 1, 'one session on both sides');
    alice.events.length = 0;
    bob.events.length = 0;
  });
  assert.ok(played >= 10, `${played} interleavings`);
});

test('[7.5] a peer who was faster spares a second session', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  bob.say('alice', 'faster');
  await bob.messenger.idle();
  await world.move(bob.up);
  await world.move(alice.down);
  await world.move(alice.up);
  alice.say('bob', 'slower');
  await alice.messenger.idle();
  // The answer to bob's request is on its way to him; alice's own request is not answered yet.
  await world.move(bob.down);
  await world.move(bob.up);
  await world.move(alice.down);
  await world.pass(1000);
  assert.deepEqual(alice.read(), ['bob: faster']);
  assert.deepEqual(bob.read(), ['alice: slower']);
  assert.equal(new Set([...world.groupsOf('alice'), ...world.groupsOf('bob')]).size, 1);
});

test('[7.5] nobody of that name: told at once, and the text comes back', async () => {
  const world = new World();
  const alice = await world.join('alice');
  const id = alice.say('bob', 'hello');
  await world.pass(0);
  assert.deepEqual(alice.events, [
    { type: 'not-delivered', to: 'bob', id, text: 'hello', reason: 'no-such-user' },
  ]);
});

test('[7.5] nobody of that name among several: who is not in the list is meant, at once', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  alice.say('bob', 'hello');
  const lost = alice.say('carol', 'hello');
  alice.say('bob', 'again');
  await world.pass(200);
  assert.deepEqual(alice.all('not-delivered'), [
    { type: 'not-delivered', to: 'carol', id: lost, text: 'hello', reason: 'no-such-user' },
  ]);
  assert.deepEqual(bob.read(), ['alice: hello', 'alice: again']);
});

test('[7.5] nobody of that name among several, and no list: who stays silent is meant', async () => {
  const world = new World();
  world.listsUsers = false;
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  alice.say('bob', 'hello');
  const lost = alice.say('carol', 'hello');
  await world.move(alice.up);
  await world.move(alice.up);
  await world.move(alice.down);
  assert.deepEqual(alice.events, [], 'it could be about either');
  await world.pass(6000);
  assert.deepEqual(bob.read(), ['alice: hello']);
  assert.deepEqual(alice.all('not-delivered'), [
    { type: 'not-delivered', to: 'carol', id: lost, text: 'hello', reason: 'no-such-user' },
  ]);
  assert.equal(alice.all('cannot-encrypt').length, 0);
});

test('[7.5] a person who left is noticed by the next text, and written to anew when back', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  alice.say('bob', 'one');
  await world.pass(1000);
  await world.leave(bob);
  alice.say('bob', 'two');
  await world.pass(0);
  assert.deepEqual(
    alice.all('not-delivered').map(({ text, reason }) => [text, reason]),
    [['two', 'no-such-user']],
  );
  const again = await world.join('bob', bob.device);
  alice.say('bob', 'three');
  await world.pass(1000);
  assert.deepEqual(again.read(), ['alice: three']);
});

test('[7.5] a person at netcat: shown as not encrypted, and nothing goes to them in the clear', async () => {
  const world = new World();
  const alice = await world.join('alice');
  alice.messenger.receivedPm('nora', 'hello from netcat');
  alice.messenger.receivedPm('nora', 'AAEAAg');
  await alice.messenger.idle();
  assert.deepEqual(alice.events, [
    { type: 'plaintext', from: 'nora', text: 'hello from netcat' },
    { type: 'plaintext', from: 'nora', text: 'AAEAAg' },
  ]);
  const nora = await world.join('nora');
  world.tamper = () => [];
  const id = alice.say('nora', 'are you there?');
  await world.pass(4999);
  assert.equal(alice.all('cannot-encrypt').length, 0);
  await world.pass(1);
  assert.deepEqual(alice.events.slice(2), [
    {
      type: 'cannot-encrypt',
      to: 'nora',
      reason: 'no-answer',
      detail: 'no key came within five seconds',
    },
    {
      type: 'not-delivered',
      to: 'nora',
      id,
      text: 'are you there?',
      reason: 'cannot-encrypt',
    },
  ]);
  assert.deepEqual(nora.events, []);
  assert.equal(world.recording.filter((line) => line.includes('PM @')).length, 0);
});

test('[7.5] a key that is no key package: nothing is sent, and the reason is told', async () => {
  const world = new World();
  const [alice] = [await world.join('alice'), await world.join('seedbob')];
  world.tamper = (line) =>
    line.verb === 'PUBLIC_KEY' ? [{ ...line, rest: ['MIIBIjANBgkq', line.rest[1] ?? ''] }] : [line];
  alice.say('seedbob', 'hello');
  await world.pass(100);
  assert.deepEqual(
    alice.all('cannot-encrypt').map(({ reason }) => reason),
    ['no-key-package'],
  );
  assert.equal(world.recording.filter((line) => line.includes('PM @')).length, 0);
});

test('in the clear goes one text, on the explicit word, and never where it was encrypted before', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  assert.ok((await alice.messenger.sendUnencrypted('bob', 'open word')).ok);
  await world.pass(0);
  assert.deepEqual(bob.all('plaintext'), [{ type: 'plaintext', from: 'alice', text: 'open word' }]);
  const lines = await alice.messenger.sendUnencrypted('bob', 'two\nlines');
  assert.equal(lines.ok || lines.error.code, 'not-one-line');
  alice.say('bob', 'hello');
  await world.pass(1000);
  const refused = await alice.messenger.sendUnencrypted('bob', 'open word');
  assert.equal(refused.ok || refused.error.code, 'encrypted-before');
});

test('oneself, empty, over-long and too many texts are refused before anything is sent', async () => {
  const world = new World();
  const alice = await world.join('alice');
  const code = (to: string, text: string): unknown => {
    const sent = alice.messenger.send(to, text);
    return sent.ok || sent.error.code;
  };
  assert.equal(code('alice', 'hello'), 'self');
  assert.equal(code('bob', ''), 'empty');
  assert.equal(code('bob', 'x'.repeat(maxTextBytes + 1)), 'too-long');
  assert.equal(code('bob', 'é'.repeat(maxTextBytes / 2 + 1)), 'too-long');
  for (let number = 0; number < maxQueuedTexts; number++) alice.say('bob', 'x');
  assert.equal(code('bob', 'x'), 'too-many-waiting');
  assert.equal(world.recording.length, 0);
});

test('the longest text fits a line of 64 KiB, Welcome and long names included', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('a'.repeat(32)), await world.join('b'.repeat(32))];
  const text = 'x'.repeat(maxTextBytes);
  alice.say(bob.name, text);
  await world.pass(1000);
  assert.deepEqual(
    bob.all('text').map((event) => event.text === text),
    [true],
  );
  const longest = Math.max(...world.recording.map((line) => line.length));
  assert.ok(longest > 55_000 && longest < 65_536, `${longest}`);
});

test('a session rotates after many texts and after a day, without anybody noticing', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  for (let number = 0; number <= rotateAfterTexts; number++) {
    alice.say('bob', `text ${number}`);
    if (number % 20 === 0) await world.pass(200);
  }
  await world.pass(1000);
  alice.say('bob', 'after');
  await world.pass(1000);
  assert.equal(new Set(world.groupsOf('alice')).size, 2);
  await world.pass(rotateAfterMs);
  bob.say('alice', 'a day later');
  await world.pass(1000);
  bob.say('alice', 'and then');
  await world.pass(1000);
  const groups = world.groupsOf('bob');
  assert.notEqual(groups.at(-1), groups.at(0));
  assert.equal(new Set(groups).size, 3);
  assert.equal(bob.read().length, rotateAfterTexts + 2);
  assert.deepEqual(alice.read(), ['bob: a day later', 'bob: and then']);
  assert.equal(alice.all('session-renewed').length + bob.all('session-renewed').length, 0);
});

test('a login that ends tells what was not delivered, and leaves nothing behind', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  alice.say('bob', 'one');
  await world.pass(50);
  world.tamper = () => [];
  const id = alice.say('bob', 'two');
  await world.settle();
  await alice.messenger.close();
  await bob.messenger.close();
  assert.deepEqual(alice.events.at(-1), {
    type: 'not-delivered',
    to: 'bob',
    id,
    text: 'two',
    reason: 'logged-out',
  });
  assert.equal(world.timerCount, 0);
  const sent = alice.messenger.send('bob', 'three');
  assert.equal(sent.ok || sent.error.code, 'closed');
});

test('a text shown just before its reader leaves is confirmed all the same', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  const id = alice.say('bob', 'see you');
  await world.settle();
  assert.deepEqual(bob.read(), ['alice: see you']);
  await world.leave(bob);
  await world.pass(20_000);
  assert.deepEqual(
    alice.events.map(({ type }) => type),
    ['key-new', 'sent', 'delivered'],
  );
  assert.deepEqual(alice.all('delivered'), [{ type: 'delivered', to: 'bob', id }]);
});

test('nothing on the wire holds a trace of a text, in any encoding', async () => {
  const world = new World();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  const secret = 'The grey heron stands at the weir, 47 paces north.';
  alice.say('bob', secret);
  await world.pass(1000);
  bob.say('alice', secret);
  alice.say('bob', secret.repeat(50));
  await world.pass(1000);
  assert.equal(bob.read().length + alice.read().length, 3);
  const wire = world.recording.join('\n');
  const inside = world.recording
    .flatMap((line) => line.split(' ').slice(3))
    .map((token) => Buffer.from(token, 'base64url').toString('latin1'))
    .join('\n');
  // Eight characters of it count as a trace.
  for (let at = 0; at + 8 <= secret.length; at++) {
    const piece = secret.slice(at, at + 8);
    const aligned = [0, 1, 2].flatMap((shift) => {
      const bytes = Buffer.from('.'.repeat(shift) + piece);
      // Characters with bits of neighbouring bytes are left out.
      return [bytes.toString('base64'), bytes.toString('base64url')].map((text) =>
        text.slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6)),
      );
    });
    const utf16 = Buffer.from(piece, 'utf16le');
    const traces = [piece, Buffer.from(piece).toString('hex'), ...aligned];
    for (const trace of [...traces, utf16.toString('latin1'), utf16.swap16().toString('latin1')]) {
      assert.ok(trace.length >= 8);
      assert.ok(!wire.includes(trace) && !inside.includes(trace), `trace of ${piece}`);
    }
  }
});
