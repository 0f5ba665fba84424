import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ConnectionId, TransferId, TransferPlan } from '../../hub/effects.ts';
import type { LineText, Username } from '../../wire/text.ts';
import { formatProof } from '../../wire/transfer.ts';
import { IntroductionReader, type Reading } from './introduction.ts';

const side = (name: string, connection: number) => ({
  name: name as Username,
  connection: connection as ConnectionId,
});
const plan: TransferPlan = {
  transfer: 1 as TransferId,
  sender: side('alice', 1),
  receiver: side('bob', 2),
  metadata: 'a b' as LineText,
  proof: undefined,
};
const proof = formatProof('x'.repeat(43));

/** Reads chunks in order. Later chunks are appended to the rest. */
function read(...chunks: readonly string[]): Reading | { role: string; rest: string } {
  const reader = new IntroductionReader(plan);
  for (const [at, chunk] of chunks.entries()) {
    const reading = reader.push(Buffer.from(chunk, 'latin1'));
    if (reading === 'stranger') return reading;
    if (reading !== 'more') {
      const rest = [Buffer.from(reading.rest).toString('latin1'), ...chunks.slice(at + 1)].join('');
      return { ...reading, rest };
    }
  }
  return 'more';
}

test('[7.11] the sender and the receiver are known, at every split point', () => {
  for (const [text, expected] of [
    ['FILE <alice @bob a b content', { role: 'sender', rest: 'content' }],
    ['FILE <alice @bob a b  ', { role: 'sender', rest: ' ' }],
    ['FILE <alice @bob a b\r\n', { role: 'sender', rest: '\r\n' }],
    ['OPEN_PORT_TO_RECEIVE bob\n', { role: 'receiver', proof: undefined, rest: '' }],
    ['OPEN_PORT_TO_RECEIVE bob\r\nx', { role: 'receiver', proof: undefined, rest: 'x' }],
    [`OPEN_PORT_TO_RECEIVE bob ${proof}\r\n`, { role: 'receiver', proof, rest: '' }],
  ] as const) {
    for (let at = 0; at <= text.length; at++) {
      assert.deepEqual(read(text.slice(0, at), text.slice(at)), expected, `${text} at ${at}`);
    }
    assert.deepEqual(read(...text.split('')), expected, text);
  }
});

test('[7.11] everybody else is a stranger', () => {
  for (const text of [
    'FILE <alice @bob a c content',
    'FILE <alice @bob a bx',
    'FILE <alice @bob a\n',
    'FILE <alice @alice a b content',
    'FILE alice @bob a b content',
    'file <alice @bob a b content',
    'OPEN_PORT_TO_RECEIVE alice\n',
    'OPEN_PORT_TO_RECEIVE bob x\n',
    'OPEN_PORT_TO_RECEIVE\n',
    '\n',
    'x'.repeat(200),
  ]) {
    assert.equal(read(`${text}\n`), 'stranger', text);
  }
});

test('a wrong header is not told from a right one before it is complete', () => {
  const header = 'FILE <alice @bob a b';
  for (let at = 1; at < header.length; at++) {
    const wrong = `${header.slice(0, at)}~${header.slice(at + 1)}`;
    assert.equal(read(wrong), 'more', wrong);
    assert.equal(read(`${wrong} `), 'stranger', wrong);
  }
});

test('any bytes in any chunks get an answer', () => {
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.constantFrom('FILE <', 'OPEN_PORT_TO_RECEIVE ', 'bob', '\n', ' '),
  );
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 10 }), (chunks) => {
      const reading = read(...chunks);
      if (reading === 'more') assert.ok(chunks.join('').length < 200);
    }),
  );
});
