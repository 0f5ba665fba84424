// What a terminal reports about itself, asked or unasked: the background colour, whether it is dark or light, and that
// it knows the newer codes of keys. Pure: the questions, and the meanings of the answers.

export type TerminalAnswer =
  | { readonly type: 'background'; readonly isLight: boolean }
  /** The terminal can distinguish keys that otherwise send the same. */
  | { readonly type: 'keyboard' };

const esc = '\u001B';
/** OSC 11: the background colour. */
export const askBackground = `${esc}]11;?${esc}\\`;
/** The progressive keyboard protocol: whether the terminal supports it. */
export const askKeyboard = `${esc}[?u`;

// oxlint-disable no-control-regex -- what terminals send
const background =
  /^\u001B\]11;(?:rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})(?:\/[0-9a-f]{1,4})?|#([0-9a-f]{3,12}))(?:\u0007|\u001B\\|\u009C)$/i;
// Sent when the person or the system changes between dark and light (mode 2031).
const scheme = /^\u001B\[\?997;([12])n$/;
const keyboard = /^\u001B\[\?\d+u$/;
// oxlint-enable no-control-regex

/** The meaning of a sequence. Undefined if it is not such an answer. */
export function readAnswer(raw: string): TerminalAnswer | undefined {
  if (keyboard.test(raw)) return { type: 'keyboard' };
  const [, told] = scheme.exec(raw) ?? [];
  if (told !== undefined) return { type: 'background', isLight: told === '2' };
  const found = background.exec(raw);
  if (found === null) return undefined;
  const [, red, green, blue, packed] = found;
  const parts = packed === undefined ? [red, green, blue] : thirdsOf(packed);
  if (parts === undefined) return undefined;
  return { type: 'background', isLight: luminance(parts.map(shareOf)) > middle };
}

/** Luminance of the grey that looks half as bright as white (CIE L* of 50). */
const middle = 0.184;

/** From 0 to 1, as eyes see it (WCAG 2: relative luminance of sRGB). */
export function luminance([red = 0, green = 0, blue = 0]: readonly number[]): number {
  const linear = (share: number): number =>
    share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** One to four digits, as a fraction of their largest value. */
function shareOf(digits = '0'): number {
  return Number.parseInt(digits, 16) / (16 ** digits.length - 1);
}

/** `#rgb`, `#rrggbb` and so on. */
function thirdsOf(packed: string): readonly string[] | undefined {
  const length = packed.length / 3;
  if (!Number.isInteger(length)) return undefined;
  return [0, 1, 2].map((part) => packed.slice(part * length, (part + 1) * length));
}
