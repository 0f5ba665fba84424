// A QR code in a terminal: two rows of it in a row of text, by half blocks. The only drawing of them in terminals: for
// links, the code of a new device, and safety numbers.
import { encodeQR } from 'qr';

/** Around a code: readers find it by the light frame. */
const frame = 3;
/** Black on white, whatever the terminal's own colours are: many readers see no inverted code. */
const colours = '\u001B[38;5;16;48;5;231m';
const end = '\u001B[0m';

/** Where a picture may go. */
export interface PictureRoom {
  readonly columns: number;
  readonly rows?: number;
}

/** The rows of the code for `text`, without colours. */
export function qrRows(text: string): readonly string[] {
  const dark = encodeQR(text, 'raw', { ecc: 'medium', border: frame });
  const rows: string[] = [];
  for (let y = 0; y < dark.length; y += 2) {
    const [upper = [], lower = []] = [dark[y], dark[y + 1]];
    rows.push(upper.map((isDark, x) => halfBlocks(isDark, lower[x] === true)).join(''));
  }
  return rows;
}

/** These rows in black and white. Undefined if there is no room for them: half of a code is noise. */
export function qrPicture(
  text: string,
  { columns, rows: room = Infinity }: PictureRoom,
): readonly string[] | undefined {
  const rows = qrRows(text);
  const fits = rows.length <= room && rows.every((row) => row.length <= columns);
  return fits ? rows.map((row) => `${colours}${row}${end}`) : undefined;
}

/** What decides whether a program draws pictures between its lines. */
export interface PictureOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The picture with its line ends, for an output of lines. Empty if it is no terminal that can show it. */
export function printedPicture(
  text: string,
  { isTTY, columns = 80 }: PictureOutput,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (isTTY !== true || env['TERM'] === 'dumb') return '';
  return (qrPicture(text, { columns }) ?? []).map((row) => `${row}\n`).join('');
}

function halfBlocks(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '\u2588' : '\u2580';
  return lower ? '\u2584' : ' ';
}
