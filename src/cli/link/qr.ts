// A QR code in a terminal: two rows of it in a row of text, by half blocks.
import { encodeQR } from 'qr';

/** Around a code: readers find it by the light frame. */
const frame = 3;
/** Black on white, whatever the terminal's own colours are: many readers see no inverted code. */
const colours = '\u001B[38;5;16;48;5;231m';
const end = '\u001B[0m';

/** The rows of the code for `text`. */
export function qrRows(text: string): readonly string[] {
  const dark = encodeQR(text, 'raw', { ecc: 'medium', border: frame });
  const rows: string[] = [];
  for (let y = 0; y < dark.length; y += 2) {
    const [upper = [], lower = []] = [dark[y], dark[y + 1]];
    rows.push(upper.map((isDark, x) => halfBlocks(isDark, lower[x] === true)).join(''));
  }
  return rows;
}

/** These rows in black and white. */
export function qrPicture(text: string): string {
  return qrRows(text)
    .map((row) => `${colours}${row}${end}\n`)
    .join('');
}

function halfBlocks(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '\u2588' : '\u2580';
  return lower ? '\u2584' : ' ';
}
