// A name for the wire: within the maximum length, with whole characters and its ending.

import { encodeUtf8 } from '../../lib/bytes.ts';

/** The longest form of `name` that has at most `maxBytes` bytes of UTF-8. */
export function cutName(name: string, maxBytes: number): string {
  if (encodeUtf8(name).length <= maxBytes) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 ? name.slice(dot) : '';
  // An ending of that length does not count as one.
  const kept = encodeUtf8(ending).length <= maxBytes / 4 ? ending : '';
  let left = maxBytes - encodeUtf8(kept).length;
  let cut = '';
  for (const character of name) {
    left -= encodeUtf8(character).length;
    if (left < 0) break;
    cut += character;
  }
  return cut + kept;
}
