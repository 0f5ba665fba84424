import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseLineText, parseUsername, type LineText, type Username } from './text.ts';
import {
  formatFileHeader,
  formatFileStatus,
  formatProof,
  formatReceiverLine,
  maxReceiverLineBytes,
  maxStatusLineBytes,
  parseFileStatus,
  parsePort,
  parseProof,
  parseReceiverLine,
  splitProof,
  type Proof,
} from './transfer.ts';

const username = fc.stringMatching(/^\w{1,32}$/).map((text) => parseUsername(text) as Username);
const proof = fc.stringMatching(/^[\w-]{43}$/).map((text) => formatProof(text) as Proof);

test('[7.11] the line of a receiver comes back, and is never longer than its cap', () => {
  const line = fc.record({ receiver: username, proof: fc.option(proof, { nil: undefined }) });
  fc.assert(
    fc.property(line, (line) => {
      const text = formatReceiverLine(line);
      assert.ok(text.length - 1 <= maxReceiverLineBytes);
      assert.deepEqual(parseReceiverLine(text.slice(0, -1)), { ...line });
    }),
  );
});

test('[7.11] other lines are no receiver', () => {
  const secret = 'x'.repeat(43);
  for (const line of [
    '',
    'OPEN_PORT_TO_RECEIVE',
    'OPEN_PORT_TO_RECEIVE ',
    'OPEN_PORT_TO_RECEIVE bob ',
    'OPEN_PORT_TO_RECEIVE b-b',
    'OPEN_PORT_TO_RECEIVE  bob',
    'OPEN_PORT_TO_RECEIVE bob x',
    `OPEN_PORT_TO_RECEIVE bob ${secret}`,
    `OPEN_PORT_TO_RECEIVE bob proof=${secret}x`,
    `OPEN_PORT_TO_RECEIVE bob proof=${secret} x`,
    'open_port_to_receive bob',
  ]) {
    assert.equal(parseReceiverLine(line), undefined, line);
  }
});

test('[7.11] a proof is 43 characters of base64url behind proof=', () => {
  for (const text of ['', 'proof=', 'x'.repeat(43), `proof=${'+'.repeat(43)}`]) {
    assert.equal(parseProof(text), undefined, text);
  }
  assert.equal(formatProof('short'), undefined);
});

test('[7.11] metadata keeps its spaces, and its last word where that is no proof', () => {
  const metadata = fc
    .string({ minLength: 1 })
    .filter((text) => parseLineText(text) !== undefined && parseProof(text) === undefined)
    .map((text) => text as LineText);
  fc.assert(
    fc.property(metadata, proof, (metadata, proof) => {
      assert.deepEqual(splitProof(metadata), [metadata, undefined]);
      assert.deepEqual(splitProof(`${metadata} ${proof}` as LineText), [metadata, proof]);
    }),
  );
  // A line with only a proof has it as its metadata.
  const alone = formatProof('x'.repeat(43)) as Proof;
  assert.deepEqual(splitProof(alone), [alone, undefined]);
});

test('[7.11] both statuses come back, with and without the sender, and nothing else is one', () => {
  const alice = parseUsername('alice') as Username;
  for (const status of ['delivered', 'corrupted'] as const) {
    for (const sender of [alice, undefined]) {
      const line = formatFileStatus(status, sender).slice(0, -1);
      assert.ok(line.length <= maxStatusLineBytes);
      assert.equal(parseFileStatus(line, sender), status);
      assert.equal(parseFileStatus(`${line} `, sender), undefined);
      assert.equal(parseFileStatus(line, sender === undefined ? alice : undefined), undefined);
    }
  }
  assert.equal(
    formatFileStatus('delivered', alice),
    'FILE_STATUS file has successfully been delivered! @alice\n',
  );
  assert.equal(
    formatFileStatus('corrupted'),
    'FILE_STATUS File has been corrupted and not delivered!\n',
  );
});

test('[7.11] the header of a file, to the server and to the receiver', () => {
  const [alice, bob] = ['alice', 'bob'].map((name) => parseUsername(name) as Username);
  assert.ok(alice && bob);
  assert.equal(formatFileHeader(alice, bob, 'a b' as LineText), 'FILE <alice @bob a b');
  assert.equal(formatFileHeader(alice, alice, 'm' as LineText), 'FILE <alice @alice m');
});

test('a port is a number from 1 to 65535 in its shortest form', () => {
  assert.equal(parsePort('1'), 1);
  assert.equal(parsePort('65535'), 65_535);
  for (const text of ['', '0', '01', '65536', '-1', '1.0', '1e3', ' 1', '99999']) {
    assert.equal(parsePort(text), undefined, text);
  }
});
