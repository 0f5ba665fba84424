// Decoders of flag values. Each takes the text of any source (argument, variable, file) and returns the value, or
// what is allowed, as words that follow "must be".
import type { PortRange } from '../../server/files/port.ts';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { err, ok } from '../../lib/result.ts';
import { expandHome } from '../../platform/node/home.ts';
import type { Decoder } from './table.ts';

/** A decoder that knows which of its values are words. */
export function withWords<T>(words: readonly string[], decode: Decoder<T>): Decoder<T> {
  return Object.assign((text: string, folder: string) => decode(text, folder), { words });
}

/** A whole number of decimal digits from `least` to `most`. */
export function wholeNumber(least: number, most: number): Decoder<number> {
  const allowed = err(`a whole number from ${least} to ${most}`);
  return (text) => {
    if (!/^\d{1,15}$/.test(text)) return allowed;
    const value = Number(text);
    return value >= least && value <= most ? ok(value) : allowed;
  };
}

const byteUnits = { '': 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;

/** An amount of bytes. Units are powers of a thousand. `0` is allowed. */
export const bytes: Decoder<number> = (text) => {
  const [, digits, unit = ''] = /^(\d{1,15}) ?(|kB|MB|GB|TB)$/i.exec(text) ?? [];
  const factor = Object.entries(byteUnits).find(
    ([name]) => name.toLowerCase() === unit.toLowerCase(),
  )?.[1];
  const value = Number(digits) * (factor ?? Number.NaN);
  return Number.isSafeInteger(value)
    ? ok(value)
    : err('a number of bytes, such as 5000000, 500kB, 100MB or 2GB');
};

/** A port to listen on; 0 lets the system choose. `off` is `undefined`: do not listen. */
export const portOrOff: Decoder<number | undefined> = withWords(['off'], (text) => {
  if (text === 'off') return ok(undefined);
  const port = wholeNumber(0, 65_535)(text, '');
  return port.ok ? port : err('a port from 0 to 65535 (0 takes a free one), or off');
});

/** `A-B`, both ends included. */
export const portRange: Decoder<PortRange> = (text) => {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const from = Number(first);
  const to = Number(last);
  return from >= 1 && from <= to && to <= 65_535
    ? ok({ from, to })
    : err('two ports A-B with 1 <= A <= B <= 65535, such as 5000-5099');
};

/** Seconds, fractions allowed; the value is in milliseconds. With `zero`, 0 is also allowed, and means never. */
export function seconds(
  least: number,
  most: number,
  { zero = false }: { readonly zero?: boolean } = {},
): Decoder<number> {
  const allowed = err(`seconds from ${least} to ${most}${zero ? ', or 0 for never' : ''}`);
  return (text) => {
    if (!/^(\d{1,9}(\.\d{0,9})?|\.\d{1,9})$/.test(text)) return allowed;
    const value = Number(text);
    const inRange = (value >= least && value <= most) || (zero && value === 0);
    return inRange ? ok(Math.round(value * 1000)) : allowed;
  };
}

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Decoder<Word> {
  return withWords(words, (text) => {
    const found = words.find((word) => word === text);
    return found === undefined ? err(`one of ${words.join(', ')}`) : ok(found);
  });
}

/** An IP address or a host name. An IPv6 address may be in brackets. */
export const host: Decoder<string> = (text) => {
  const bare = /^\[(.+)\]$/.exec(text)?.[1] ?? text;
  const label = '[a-z\\d_]([a-z\\d_-]{0,61}[a-z\\d_])?';
  const isName = new RegExp(`^${label}(\\.${label})*$`, 'i').test(text) && text.length <= 253;
  // 256.1.1.1 has the form of a name, but the person means an address.
  const isBrokenAddress = isIP(text) === 0 && /^[\d.]+$/.test(text);
  return isIP(bare) !== 0 || (isName && !isBrokenAddress)
    ? ok(bare)
    : err('an IP address or a host name, such as 127.0.0.1, ::1 or localhost');
};

/** One line of text of at most `maxBytes` bytes of UTF-8. */
export function lineOfText(maxBytes: number): Decoder<string> {
  return (text) =>
    !/[\p{Cc}\p{Cs}]/u.test(text) && Buffer.byteLength(text) <= maxBytes
      ? ok(text)
      : err(`one line of at most ${maxBytes} bytes without control characters`);
}

/** The absolute path of a file or folder. A leading `~/` is the home folder, because no shell expands it in files. */
export const path: Decoder<string> = (text, folder) => {
  if (text === '' || text.includes('\0')) return err('the path of a file or folder');
  const expanded = expandHome(text);
  if (/^~(\/|$)/.test(expanded)) return err('a path without ~: there is no home folder');
  return ok(resolve(folder, expanded));
};

/** A name in the DNS, in lower case: no address. */
export const domainName: Decoder<string> = (text, folder) => {
  const isName = host(text, folder).ok && isIP(text) === 0 && !text.includes('[');
  return isName ? ok(text.toLowerCase()) : err('a host name, such as chat.example.org');
};

/** An address of the web, encrypted on the way. */
export const httpsUrl: Decoder<string> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' && url.username === '' && url.password === ''
    ? ok(url.href)
    : err('an address that begins with https://');
};
