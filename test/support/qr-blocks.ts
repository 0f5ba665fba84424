// Reads the QR code that is drawn by half blocks, as a camera would: each half of a block is a square of some pixels.
import { decodeQR } from 'qr/decode.js';

const scale = 4;

/** The text of the code in these rows. Throws if there is none. */
export function readBlocks(rows: readonly string[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const [width, height] = [columns * scale, rows.length * 2 * scale];
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / scale);
    for (let x = 0; x < width; x++) {
      const block = rows[row >> 1]?.[Math.floor(x / scale)] ?? ' ';
      const isDark = block === '\u2588' || block === (row % 2 === 0 ? '\u2580' : '\u2584');
      if (isDark) data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return decodeQR({ width, height, data });
}
