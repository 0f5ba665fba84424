// What disappears, as bytes: one encoding, and nothing else is read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8 } from '../../lib/bytes.ts';
import { expirySeconds } from '../../wire/expiry.ts';
import { currentOf } from '../amending/current.ts';
import { noTargetId } from '../amending/target.ts';
import {
  contentCodes,
  decodeContent,
  encodeContent,
  isMessage,
  textContent,
  ttlOf,
  type Content,
} from '../content.ts';
import {
  contentOf,
  messageContentOf,
  storedContent,
  storedMessage,
} from '../store/stored-content.ts';

const target = { seq: 4, id: noTargetId };
const said = { kind: 'said', reply: target, text: 'yes', mentions: [] } as const;
const file = {
  kind: 'file',
  at: 'sender',
  name: 'a.txt',
  size: 3,
  sha256: new Uint8Array(32),
} as const;

test('texts, answers, files and edits carry their time, and timers theirs', () => {
  for (const ttl of expirySeconds) {
    const contents: Content[] = [
      { ...textContent('hello'), ttl },
      { ...said, ttl },
      { ...file, ttl },
      { kind: 'edit', target, text: 'new', mentions: [], ttl },
      { kind: 'timer', seconds: ttl },
    ];
    for (const content of contents) {
      const { code, bytes } = encodeContent(content);
      assert.equal(code, content.kind === 'timer' ? contentCodes.timer : contentCodes.expiring);
      assert.deepEqual(decodeContent({ code, bytes }), content);
      for (let length = 0; length < 5; length++)
        assert.equal(
          decodeContent({ code, bytes: bytes.subarray(0, length) })?.kind === 'timer',
          content.kind === 'timer' && length === 4,
        );
      if (isMessage(content)) assert.deepEqual(messageContentOf(storedMessage(content)), content);
      assert.deepEqual(contentOf(storedContent(content)), content);
    }
  }
  assert.deepEqual(decodeContent({ code: contentCodes.timer, bytes: new Uint8Array(4) }), {
    kind: 'timer',
    seconds: 0,
  });
});

test('other times, trailing bytes, one inside of another and what never disappears are refused', () => {
  const timer = (...bytes: number[]) =>
    decodeContent({ code: contentCodes.timer, bytes: Uint8Array.from(bytes) });
  assert.equal(timer(0, 0, 0, 1), undefined);
  assert.equal(timer(0, 0, 0x0e, 0x10, 0), undefined);
  const expiring = (seconds: number, code: number, rest: Uint8Array | string) =>
    decodeContent({
      code: contentCodes.expiring,
      bytes: Buffer.concat([
        Uint8Array.of(0, 0, seconds >> 8, seconds & 255, code),
        typeof rest === 'string' ? encodeUtf8(rest) : rest,
      ]),
    });
  assert.equal(expiring(3_600, contentCodes.text, 'it')?.kind, 'text');
  assert.equal(expiring(3_601, contentCodes.text, 'it'), undefined);
  assert.equal(expiring(0, contentCodes.text, 'it'), undefined);
  assert.equal(expiring(3_600, contentCodes.text, ''), undefined);
  assert.equal(
    expiring(3_600, contentCodes.ask, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1)),
    undefined,
  );
  const inner = encodeContent({ ...textContent('it'), ttl: 3_600 }).bytes;
  assert.equal(expiring(3_600, contentCodes.expiring, inner), undefined);
  // A later version may know it.
  assert.equal(expiring(3_600, 77, 'it')?.kind, 'unknown');
});

test('an edit keeps the time of the message', () => {
  const edit = { by: 'bob', at: 2, seq: 5, text: 'new', mentions: [] };
  const amended = { edits: [edit], deletions: [], reactions: [] };
  const content = { ...textContent('old'), ttl: 3_600 } as const;
  const record = { from: 'bob', guest: false, content, unreadable: undefined, amended };
  const now = currentOf(record as never).content;
  assert.deepEqual([now, ttlOf(now)], [{ ...textContent('new'), ttl: 3_600 }, 3_600]);
});

test('a timer that is told to whoever enters goes as a note, which earlier versions drop', () => {
  const timer = { seconds: 86_400, at: 1_800_000_000_000, seq: 7 } as const;
  const { code, bytes } = encodeContent({ kind: 'timer-told', timer });
  assert.equal(code, contentCodes.fileNote);
  assert.deepEqual(decodeContent({ code, bytes }), { kind: 'timer-told', timer });
  for (let end = 2; end < bytes.length; end++)
    assert.equal(decodeContent({ code, bytes: bytes.subarray(0, end) }), undefined);
  assert.equal(decodeContent({ code, bytes: Uint8Array.of(...bytes, 0) }), undefined);
  for (const wrong of [{ seconds: 5 }, { seq: 0 }]) {
    const made = encodeContent({ kind: 'timer-told', timer: { ...timer, ...wrong } as never });
    assert.equal(decodeContent(made), undefined);
  }
});
