// Whether a secret text can be found in bytes, in whatever encoding it may have slipped in.

/** The encodings in which `secret` occurs in `bytes`. */
export function tracesOf(secret: string, bytes: Uint8Array): string[] {
  const haystack = Buffer.from(bytes);
  const lower = Buffer.from(haystack.toString('latin1').toLowerCase(), 'latin1');
  const found: string[] = [];
  for (const [name, needle, ignoreCase] of encodings(secret)) {
    if ((ignoreCase ? lower : haystack).includes(needle)) found.push(name);
  }
  return found;
}

function* encodings(secret: string): Generator<readonly [string, Buffer, boolean]> {
  const utf8 = Buffer.from(secret);
  const utf16 = Buffer.from(secret, 'utf16le');
  yield ['UTF-8', utf8, false];
  yield ['UTF-8 in any letter case', Buffer.from(secret.toLowerCase()), true];
  yield ['UTF-8 backwards', Buffer.from(utf8).reverse(), false];
  yield ['UTF-16 LE', utf16, false];
  yield ['UTF-16 BE', Buffer.from(utf16).swap16(), false];
  yield ['percent encoding', Buffer.from(encodeURIComponent(secret).toLowerCase()), true];
  for (const [form, bytes] of [
    ['UTF-8', utf8],
    ['UTF-16', utf16],
  ] as const) {
    yield [`hex of ${form}`, Buffer.from(bytes.toString('hex')), true];
    for (const alignment of [0, 1, 2]) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const needle = Buffer.from(inside(bytes, alignment, encoding));
        yield [`${encoding} of ${form} at ${alignment}`, needle, false];
      }
    }
  }
}

/** The part of `bytes` in base64 that does not depend on the bytes before and after. */
function inside(bytes: Buffer, alignment: number, encoding: 'base64' | 'base64url'): string {
  const skipped = (3 - alignment) % 3;
  const whole = Math.floor((bytes.length - skipped) / 3) * 3;
  return bytes.subarray(skipped, skipped + whole).toString(encoding);
}
