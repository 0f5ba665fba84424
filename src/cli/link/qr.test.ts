import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeQR } from 'qr/decode.js';
import { formatLinkingCode } from '../../e2ee/linking/linking-code.ts';
import { qrRows } from './qr.ts';

test('a reader finds the code in the half blocks, which fit a screen with the lines around them', () => {
  const code = formatLinkingCode(new Uint8Array(16).fill(0xa5)).replaceAll('-', '');
  const rows = qrRows(`HELO:${code}`);
  assert.ok(rows.length <= 17 && rows.every((row) => row.length <= 33));
  const scale = 4;
  const [width, height] = [(rows[0]?.length ?? 0) * scale, rows.length * 2 * scale];
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / scale);
    for (let x = 0; x < width; x++) {
      const block = rows[row >> 1]?.[Math.floor(x / scale)] ?? ' ';
      const isDark = block === '\u2588' || block === (row % 2 === 0 ? '\u2580' : '\u2584');
      if (isDark) data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  assert.equal(decodeQR({ width, height, data }), `HELO:${code}`);
});
