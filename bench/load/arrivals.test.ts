import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { Arrivals, type Shapes } from './arrivals.ts';
import { Ledger } from './ledger.ts';
import { fillerOf, mark } from './payload.ts';
import { shapeOf } from './shapes.ts';

const speakers = 3;
const payloadBytes = 24;
const filler = fillerOf(payloadBytes);

const arrives = (sender: number, payload: string) => `BCST [u${sender}] ${payload}\n`;
const confirms = (_: number, payload: string) => `+OK BCST ${payload}\n`;
const shapes: Shapes = {
  delivery: shapeOf(arrives, speakers, payloadBytes),
  confirmation: shapeOf(confirms, speakers, payloadBytes),
  aside: /^(:\d+\r|:u\d!host QUIT .*\r|BCST [^[].*)\n$/,
};

const delivery = (sender: number, number: number) => arrives(sender, mark(sender, number) + filler);
const confirmation = (sender: number, number: number) =>
  confirms(sender, mark(sender, number) + filler);

let ledger: Ledger;
let arrivals: Arrivals;
let wrong: string[];
let listener: number;

beforeEach(() => {
  ledger = new Ledger(speakers, 64);
  wrong = [];
  arrivals = new Arrivals(shapes, ledger, (error) => wrong.push(error.message));
  listener = arrivals.add({ from: 0, senders: speakers, self: undefined, counted: true });
});

/** Sends this many messages of each speaker to one listener. */
function say(count: number): void {
  for (let sender = 0; sender < speakers; sender++) {
    for (let n = 0; n < count; n++) ledger.say(sender, 0, 1);
  }
}

function read(text: string, index = listener): void {
  // The shared buffer of the real reader has older bytes after the end, with line ends among them.
  const bytes = Buffer.from(`${text}\n${delivery(0, 0)}`, 'latin1');
  arrivals.read(index, bytes, text.length, 1);
}

test('deliveries of all senders are counted, and everything said is settled', () => {
  say(2);
  read(delivery(2, 0) + delivery(0, 0) + delivery(2, 1) + delivery(1, 0));
  assert.equal(ledger.settled(), false);
  assert.equal(arrivals.complete(listener), false);
  read(delivery(0, 1) + delivery(1, 1));
  assert.deepEqual(wrong, []);
  assert.equal(arrivals.delivered, 6);
  assert.equal(ledger.settled(), true);
  assert.equal(arrivals.complete(listener), true);
});

test('a lost line is found', () => {
  say(3);
  read(delivery(0, 0) + delivery(0, 2));
  assert.match(wrong.join(), /listener 0: 1 to 1 of sender 0 are lost or overtaken by 2/);
});

test('a line lost at the end leaves its listener incomplete', () => {
  say(1);
  read(delivery(0, 0) + delivery(1, 0));
  assert.deepEqual(wrong, []);
  assert.equal(ledger.settled(), false);
  assert.equal(ledger.outstanding(), 1);
});

test('a doubled line is found', () => {
  say(3);
  read(delivery(0, 0) + delivery(0, 0));
  assert.match(wrong.join(), /message 0 of sender 0 came twice or too late: 1 is due/);
});

test('two swapped lines of one sender are found', () => {
  say(3);
  read(delivery(1, 0) + delivery(1, 2) + delivery(1, 1));
  assert.match(wrong.join(), /sender 1 are lost or overtaken by 2/);
});

test('a line that was never sent is found', () => {
  say(1);
  read(delivery(0, 0) + delivery(0, 1));
  assert.match(wrong.join(), /message 1 of sender 0 was never sent/);
});

test('a line for somebody else is found', () => {
  const of1 = arrivals.add({ from: 1, senders: 1, self: undefined, counted: true });
  say(1);
  read(delivery(1, 0), of1);
  assert.deepEqual(wrong, []);
  read(delivery(0, 0), of1);
  assert.match(wrong.join(), /message 0 of sender 0 is not for this listener/);
});

test('a line that comes back to its sender is found', () => {
  const speaker = arrivals.add({ from: 0, senders: speakers, self: 0, counted: false });
  say(1);
  read(delivery(0, 0), speaker);
  assert.match(wrong.join(), /came back to its sender/);
});

test('damage is found: a changed byte, a missing line end, a foreign line', () => {
  say(1);
  read(delivery(0, 0).replace('fox', 'fix').replace('quick', 'quack'));
  assert.match(wrong.join(), /damaged/);
  wrong.length = 0;
  read(delivery(1, 0) + delivery(2, 0).replace('\n', 'x') + delivery(0, 0));
  assert.match(wrong.join(), /damaged: "BCST .u2. /);
  wrong.length = 0;
  read('DSCN you read too slowly\n');
  assert.match(wrong.join(), /not a record of this server: "DSCN you read too slowly\\n"/);
});

test('confirmations are due to the sender, in order', () => {
  const speaker = arrivals.add({ from: 0, senders: speakers, self: 1, counted: false });
  say(2);
  read(confirmation(1, 0) + delivery(0, 0) + confirmation(1, 1), speaker);
  assert.deepEqual(wrong, []);
  read(delivery(0, 1) + delivery(2, 0) + delivery(2, 1), speaker);
  assert.equal(arrivals.complete(speaker), true);
  assert.equal(arrivals.delivered, 0, 'a speaker is not counted');
  read(confirmation(1, 1), speaker);
  assert.match(wrong.join(), /message 1 of sender 1 confirmed, not what is due/);
});

test('latencies run from when a message was said to when it was read', () => {
  ledger.say(0, 10, 1);
  const text = delivery(0, 0);
  arrivals.read(listener, Buffer.from(text, 'latin1'), text.length, 13);
  assert.ok(Math.abs(arrivals.latencies.quantile(0.5) - 3) < 0.05);
});

test('any stream in order is accepted, however it is cut; any two of its lines swapped are not', () => {
  const order = fc.array(fc.nat(speakers - 1), { minLength: 2, maxLength: 30 });
  const cuts = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(order, cuts, fc.nat(), (senders, lengths, seed) => {
      ledger = new Ledger(speakers, 64);
      wrong = [];
      arrivals = new Arrivals(shapes, ledger, (error) => wrong.push(error.message));
      listener = arrivals.add({ from: 0, senders: speakers, self: undefined, counted: true });
      const twin = arrivals.add({ from: 0, senders: speakers, self: undefined, counted: false });
      const lines = senders.map((sender) => delivery(sender, ledger.say(sender, 0, 1)));
      const asides = [':1010\r\n', 'BCST is like a delivery at first\n', ''];
      const stream = lines.map((line, at) => line + (asides[(at + seed) % 3] ?? '')).join('');
      for (let at = 0, cut = 0; at < stream.length; cut++) {
        const length = lengths[cut % lengths.length] as number;
        read(stream.slice(at, at + length));
        at += length;
      }
      assert.deepEqual(wrong, []);
      assert.equal(arrivals.delivered, senders.length);
      assert.ok(ledger.settled());

      const first = seed % (senders.length - 1);
      const second = senders.indexOf(senders[first] as number, first + 1);
      if (second < 0) return;
      const swapped = [...lines];
      swapped[first] = lines[second] as string;
      swapped[second] = lines[first] as string;
      read(swapped.join(''), twin);
      assert.notDeepEqual(wrong, []);
    }),
  );
});
