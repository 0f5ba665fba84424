import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { decodeUtf8, encodeUtf8 } from '../../../lib/bytes.ts';
import { ContentReader, ContentWriter } from './content-form.ts';
import type { TextForm } from './ports.ts';

/** That of a browser: Node's has suites of its own (platform/node/files/carry.test.ts). */
const textForm: TextForm = {
  encode: (bytes) => encodeUtf8(encodeBase64url(bytes)),
  decode: (characters) => decodeBase64url(decodeUtf8(characters) ?? '='),
};

const pieces = fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 12 });

function written(form: 'bytes' | 'text', parts: readonly Uint8Array[]): Buffer {
  const writer = new ContentWriter(form, textForm);
  return Buffer.concat([...parts.flatMap((part) => writer.write([part])), ...writer.end()]);
}

function readBack(
  reader: ContentReader,
  line: Uint8Array,
  cuts: readonly number[],
): Buffer | undefined {
  const out: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts, line.length]) {
    const content = reader.read(line.subarray(from, from + cut));
    if (content === undefined) return undefined;
    out.push(Buffer.from(content));
    from = Math.min(line.length, from + cut);
  }
  return Buffer.concat(out);
}

for (const form of ['bytes', 'text'] as const) {
  test(`content comes back from ${form}, whatever the pieces on both sides`, () => {
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(50)), (parts, cuts) => {
        const content = Buffer.concat(parts);
        const line = written(form, parts);
        if (form === 'text') assert.equal(line.toString(), `${content.toString('base64url')}\n`);
        const reader = new ContentReader(form, content.length, textForm);
        assert.deepEqual(readBack(reader, line, cuts), content);
        assert.ok(reader.isDone);
      }),
    );
  });

  test(`truncated ${form} are never done`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), (content, at) => {
        const line = written(form, [content]);
        const reader = new ContentReader(form, content.length, textForm);
        readBack(reader, line.subarray(0, at % line.length), []);
        assert.ok(!reader.isDone);
      }),
    );
  });
}

test('what is appended, and what is no base64url, is refused', () => {
  const content = randomBytes(50);
  const text = content.toString('base64url');
  const bad = [
    `${text}A\n`,
    `${text}\nA`,
    `${text}\n\n`,
    `${text} \n`,
    `${text}\r\rx`,
    `\n${text}`,
  ];
  for (const line of [
    ...bad,
    text.replace(/^.{5}/, '$& '),
    `=${text.slice(1)}`,
    `é${text.slice(2)}`,
  ]) {
    const reader = new ContentReader('text', content.length, textForm);
    assert.equal(readBack(reader, Buffer.from(line), []), undefined, JSON.stringify(line));
  }
  const reader = new ContentReader('text', content.length, textForm);
  assert.deepEqual(readBack(reader, Buffer.from(`${text}\r\n`), [60]), content);
  assert.ok(reader.isDone);
  const split = new ContentReader('text', content.length, textForm);
  assert.deepEqual(readBack(split, Buffer.from(`${text}\r\n`), [text.length + 1]), content);
  assert.ok(split.isDone);
  assert.equal(new ContentReader('bytes', 3, textForm).read(Buffer.from('abcd')), undefined);
});
