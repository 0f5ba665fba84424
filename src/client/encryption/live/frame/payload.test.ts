import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { converse } from '../../../../../test/support/pair.ts';
import { encodeUtf8 } from '../../../../lib/bytes.ts';
import { seal } from '../../../../e2ee/pair-session.ts';
import { readPayload } from './payload.ts';

const { a, keyPackage, welcome } = await converse();
const { bytes } = await seal(a, encodeUtf8('hello'));
const token = (of: Uint8Array): string => Buffer.from(of).toString('base64url');

test('a message alone, and one with its Welcome', () => {
  const alone = readPayload(token(bytes));
  assert.ok(alone.kind === 'sealed' && alone.welcome === undefined);
  assert.equal(alone.message.groupId, a.groupId);
  const both = readPayload(`${token(bytes)} ${token(welcome)}`);
  assert.ok(both.kind === 'sealed' && both.welcome !== undefined);
});

test('what is no Welcome beside a message counts as none', () => {
  for (const second of ['', 'AAAA', '!', token(keyPackage), token(bytes)]) {
    const read = readPayload(`${token(bytes)} ${second}`);
    assert.ok(read.kind === 'sealed' && read.welcome === undefined);
  }
});

test('what people type is plaintext', () => {
  const three = `${token(bytes)} ${token(welcome)} more`;
  for (const text of ['hello', 'two words', 'AAEAAg', '', ' ', 'naïve', three, token(welcome)]) {
    assert.equal(readPayload(text).kind, 'plaintext', text.slice(0, 20));
  }
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(readPayload(text).kind, 'plaintext');
    }),
  );
});

test('what begins like a message and is none is damaged, never a text', () => {
  for (let length = 64; length < bytes.length; length++) {
    assert.equal(readPayload(token(bytes.subarray(0, length))).kind, 'damaged');
  }
  assert.equal(readPayload(token(Uint8Array.of(...bytes, 0))).kind, 'damaged');
});
