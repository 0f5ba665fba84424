import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codeOf, converse, openBytes, sealMany, value } from '../../test/support/pair.ts';
import { encodeUtf8 } from '../lib/bytes.ts';
import { keptGenerations, maxSkippedGenerations } from './client-config.ts';
import { createProposal } from 'ts-mls';
import { createApplicationMessage, encodeMlsMessage, mls } from './mls.ts';
import { maxPlaintextBytes } from './padded-sizes.ts';
import { seal } from './pair-session.ts';

test('both directions, every length', async () => {
  let { a, b } = await converse();
  for (const length of [0, 1, 251, 252, 253, 5000, maxPlaintextBytes]) {
    const content = new Uint8Array(length).fill(length % 251);
    const there = await seal(a, content);
    const opened = value(await openBytes(b, there.bytes));
    assert.deepEqual(opened.content, content);
    const back = await seal(opened.session, content);
    const returned = value(await openBytes(there.session, back.bytes));
    assert.deepEqual(returned.content, content);
    [a, b] = [returned.session, back.session];
  }
});

test('short contents all have one size on the wire', async () => {
  let { a } = await converse();
  const sizes = new Set<number>();
  for (const length of [0, 1, 40, 200, 252]) {
    const made = await seal(a, new Uint8Array(length));
    a = made.session;
    sizes.add(made.bytes.length);
  }
  assert.equal(sizes.size, 1);
});

test('any order opens once; repeats are told', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(
        Array.from({ length: 12 }, (_, number) => number),
        { minLength: 1 },
      ),
      async (order) => {
        const { a, b } = await converse();
        const { sealed } = await sealMany(a, 12);
        let session = b;
        for (const number of order) {
          const bytes = sealed[number] ?? assert.fail();
          const opened = value(await openBytes(session, bytes));
          assert.deepEqual(opened.content, Uint8Array.of(0, number));
          session = opened.session;
          assert.equal(codeOf(await openBytes(session, bytes)), 'already-read');
        }
      },
    ),
    { numRuns: 10 },
  );
});

test('what is overtaken by more than is kept is given up; what runs too far ahead is refused', async () => {
  const { a, b } = await converse();
  const { session, sealed } = await sealMany(a, keptGenerations + 2);
  const last = value(await openBytes(b, sealed.at(-1) ?? assert.fail()));
  assert.equal(codeOf(await openBytes(last.session, sealed[0] ?? assert.fail())), 'already-read');
  const second = await openBytes(last.session, sealed[2] ?? assert.fail());
  assert.deepEqual(value(second).content, Uint8Array.of(0, 2));
  const far = await sealMany(session, maxSkippedGenerations);
  assert.equal(codeOf(await openBytes(b, far.sealed.at(-1) ?? assert.fail())), 'unreadable');
});

test('own messages, other groups, other epochs and other kinds have their codes', async () => {
  const { a, b } = await converse();
  const other = await converse();
  const made = await seal(a, encodeUtf8('hello'));
  assert.equal(codeOf(await openBytes(made.session, made.bytes)), 'own-message');
  assert.equal(codeOf(await openBytes(other.b, made.bytes)), 'unknown-group');
  assert.equal(codeOf(await openBytes(b, other.welcome)), 'wrong-kind');
  assert.equal(codeOf(await openBytes(b, other.keyPackage)), 'wrong-kind');
  assert.equal(codeOf(await openBytes(b, encodeUtf8('hello'))), 'malformed');

  const { suite, state } = b[mls];
  const inner = other.a[mls].state;
  const from = async (groupContext: typeof inner.groupContext) => {
    const message = await createApplicationMessage(
      { ...inner, groupContext },
      new Uint8Array(256),
      suite,
    );
    return encodeMlsMessage({
      version: 'mls10',
      wireformat: 'mls_private_message',
      privateMessage: message.privateMessage,
    });
  };
  const later = { ...inner.groupContext, groupId: state.groupContext.groupId, epoch: 2n };
  assert.equal(codeOf(await openBytes(b, await from(later))), 'wrong-epoch');
  const forged = { ...later, epoch: 1n };
  assert.equal(codeOf(await openBytes(b, await from(forged))), 'unreadable');
  const { message } = await createProposal(
    other.a[mls].state,
    false,
    { proposalType: 'remove', remove: { removed: 1 } },
    suite,
  );
  assert.equal(codeOf(await openBytes(other.b, encodeMlsMessage(message))), 'not-a-text');
});

test('content that our padding would not have made is refused', async () => {
  const { a, b } = await converse();
  const bare = await createApplicationMessage(a[mls].state, encodeUtf8('no padding'), a[mls].suite);
  const bytes = encodeMlsMessage({
    version: 'mls10',
    wireformat: 'mls_private_message',
    privateMessage: bare.privateMessage,
  });
  assert.equal(codeOf(await openBytes(b, bytes)), 'unreadable');
});

test('every altered byte and every truncation is refused, and the session lives on', async () => {
  const { a, b } = await converse();
  const { bytes } = await seal(a, encodeUtf8('hello'));
  for (let at = 0; at < bytes.length; at++) {
    const altered = bytes.slice();
    altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
    assert.notEqual(codeOf(await openBytes(b, altered)), 'none', `byte ${at}`);
    assert.notEqual(codeOf(await openBytes(b, bytes.subarray(0, at))), 'none');
  }
  assert.equal(codeOf(await openBytes(b, Uint8Array.of(...bytes, 0))), 'malformed');
  assert.deepEqual(value(await openBytes(b, bytes)).content, encodeUtf8('hello'));
});

test('a used state is wiped: a thief of old memory opens nothing', async () => {
  const { a, b } = await converse();
  const made = await seal(a, encodeUtf8('hello'));
  const opened = value(await openBytes(b, made.bytes));
  assert.notEqual(codeOf(await openBytes(opened.session, made.bytes)), 'none');
  assert.equal(codeOf(await openBytes(b, made.bytes)), 'unreadable');
});
