import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaOf } from './media.ts';

const bytes = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));
const png = (width: number, height: number): Uint8Array => {
  const head = bytes('\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0');
  const view = new DataView(head.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return head;
};
const jpeg = '\xFF\xD8\xFF\xE0\0\x04ab\xFF\xC0\0\x11\x08\0\x10\0\x20\x03\0\0\0\0';
const webp = (chunk: string): string => `RIFF\0\0\0\0WEBP${chunk}`;

test('pictures are known by their first bytes, with their size', () => {
  for (const [head, type, pixels, mayMove] of [
    [png(640, 480), 'image/png', 640 * 480, false],
    [png(65_535, 65_535), 'image/png', 65_535 ** 2, false],
    [bytes('GIF89a\x40\x01\xF0\0'), 'image/gif', 320 * 240, true],
    [bytes(jpeg), 'image/jpeg', 32 * 16, false],
    [bytes(webp('VP8X\x0A\0\0\0\x02\0\0\0\x3F\0\0\x1F\0\0')), 'image/webp', 64 * 32, true],
    [bytes(webp('VP8 \0\0\0\0\0\0\0\x9D\x01\x2A\x40\0\x20\0')), 'image/webp', 64 * 32, false],
    [bytes(webp('VP8L\0\0\0\0\x2F\x3F\xC0\x07\0')), 'image/webp', 64 * 32, false],
    [bytes('\0\0\0\x20ftypavif\0\0\0\0'), 'image/avif', undefined, false],
  ] as const) {
    assert.deepEqual(mediaOf(head), { kind: 'picture', type, pixels, mayMove });
  }
});

test('sound and video are known by theirs', () => {
  for (const [head, kind, type] of [
    ['ID3\x04', 'sound', 'audio/mpeg'],
    ['\xFF\xFB\x90\x64', 'sound', 'audio/mpeg'],
    ['OggS\0\x02OpusHead', 'sound', 'audio/ogg'],
    ['fLaC\0', 'sound', 'audio/flac'],
    ['RIFF\0\0\0\0WAVEfmt ', 'sound', 'audio/wav'],
    ['\0\0\0\x20ftypM4A \0\0', 'sound', 'audio/mp4'],
    ['\0\0\0\x20ftypisom\0\0', 'video', 'video/mp4'],
    ['\x1A\x45\xDF\xA3\x9FB\x86\x81\x01webm', 'video', 'video/webm'],
  ] as const) {
    assert.deepEqual(mediaOf(bytes(head)), { kind, type }, JSON.stringify(head));
  }
});

test('nothing else is shown, whatever it is called and however it begins', () => {
  for (const head of [
    '',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    '<?xml version="1.0"?><svg/>',
    '<!doctype html><script>alert(1)</script>',
    '%PDF-1.7',
    ' \x89PNG\r\n\x1A\n',
    'GIF88a',
    '\x89PNG\r\n\x1A\n<script>',
    'RIFF\0\0\0\0ACON',
    '\0\0\0\x20ftypqt  ',
    'OggS\0\x02\x80theora',
    '\xFF\xFE<\0s\0v\0g\0',
    '\x1A\x45\xDF\xA3matroska',
    'BM\0\0\0\0',
    '\0\0\x01\0\x01\0',
  ])
    assert.equal(mediaOf(bytes(head)), undefined, JSON.stringify(head));
});

test('no beginning is too short, and none is too long', () => {
  for (const whole of [png(1, 1), bytes(jpeg), bytes(webp('VP8X')), bytes('\0\0\0\x20ftypisom')]) {
    for (let end = 0; end <= whole.length; end++)
      assert.doesNotThrow(() => mediaOf(whole.subarray(0, end)));
  }
  const endless = new Uint8Array(64 * 1024).fill(0xff);
  endless[1] = 0xd8;
  const picture = mediaOf(endless);
  assert.equal(picture?.kind === 'picture' && picture.pixels, undefined);
});
