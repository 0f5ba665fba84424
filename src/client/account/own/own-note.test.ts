import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8 } from '../../../lib/bytes.ts';
import { decodeOwnNote, encodeOwnNote, maxOwnNoteBytes } from './own-note.ts';

test('a note comes back; what is no note is none', () => {
  const note = { kind: 'read-up-to', subject: '@alice+bob', at: 7, body: { seq: 3, ü: [null] } };
  assert.deepEqual(decodeOwnNote(encodeOwnNote(note)), note);
  const none = [
    '',
    '{}',
    '["a","",1]',
    '["a","",1,2,3]',
    '["","",1,2]',
    '["A","",1,2]',
    '["a","",-1,2]',
    '["a","",1.5,2]',
    '["a",1,1,2]',
    '["a","",1,2',
    `["a","${'x'.repeat(129)}",1,2]`,
    `["a","",1,"${'x'.repeat(maxOwnNoteBytes)}"]`,
  ];
  for (const text of none) assert.equal(decodeOwnNote(encodeUtf8(text)), undefined, text);
  assert.equal(decodeOwnNote(Uint8Array.of(0xff)), undefined);
});
