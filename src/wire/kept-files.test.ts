import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeBase64url } from '../lib/base64url.ts';
import {
  formatPortLine,
  maxPortLineBytes,
  parseKeptFileId,
  parsePortLine,
  parseTicket,
  type KeptFileId,
  type Ticket,
} from './kept-files.ts';

const text = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(encodeBase64url);

test('[13.8] the line of a kept file comes back, and is never longer than its cap', () => {
  const line = fc.record({
    verb: fc.constantFrom('UPLOAD', 'FETCH'),
    id: text(16).map((id) => id as KeptFileId),
    ticket: text(32).map((ticket) => ticket as Ticket),
  });
  fc.assert(
    fc.property(line, (line) => {
      const written = formatPortLine(line);
      assert.ok(written.length - 1 <= maxPortLineBytes);
      assert.deepEqual(parsePortLine(written.slice(0, -1)), { ...line });
    }),
  );
});

test('[13.8] other lines are none of a kept file', () => {
  const id = 'A'.repeat(22);
  const ticket = 'A'.repeat(43);
  assert.ok(parsePortLine(`UPLOAD ${id} ${ticket}`));
  for (const line of [
    '',
    'UPLOAD',
    `UPLOAD ${id}`,
    `UPLOAD ${id} `,
    `UPLOAD  ${id} ${ticket}`,
    `UPLOAD ${id}  ${ticket}`,
    `UPLOAD ${id} ${ticket} `,
    `UPLOAD ${id} ${ticket} 0`,
    `upload ${id} ${ticket}`,
    `TAKEN ${id} ${ticket}`,
    `UPLOAD ${ticket} ${id}`,
    `UPLOAD ../${id.slice(3)} ${ticket}`,
    // Bits that no id has.
    `UPLOAD ${id.slice(1)}B ${ticket}`,
    `UPLOAD ${id}== ${ticket}`,
    `UPLOAD ${id} ${ticket}\r`,
  ]) {
    assert.equal(parsePortLine(line), undefined, line);
  }
});

test('[13.8] an id has 16 bytes and a ticket 32, each in one spelling', () => {
  for (const length of [0, 1, 15, 16, 17, 31, 32, 33]) {
    const written = encodeBase64url(new Uint8Array(length));
    assert.equal(parseKeptFileId(written) !== undefined, length === 16, `${length}`);
    assert.equal(parseTicket(written) !== undefined, length === 32, `${length}`);
  }
});
