// What is wrong with a scanned code, in words. Nothing of its text is repeated.

import type { ScannedCode } from '../scanned-code.ts';

/** Of the code for a safety number with `name`. Undefined: it is the number `own`. */
export function scannedNumberWords(
  code: ScannedCode,
  own: string,
  name: string,
): string | undefined {
  if (code.is !== 'safety') {
    return 'That code is no safety number, so nothing was compared. It stands where the other one compares keys with you.';
  }
  if (code.digits === own) return undefined;
  return `NOT THE SAME. Either that code is for other people than you and ${name}, or somebody is between you. Compare the digits in a call or in person, and tell nothing secret before.`;
}

/** Of what is not the code of a new device. */
export const noLinkingCode =
  'That is not the code of a new device: helo link shows one, and the page does when a browser becomes a device.';
