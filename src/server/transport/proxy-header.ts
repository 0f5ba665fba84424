// The header that a proxy puts before the bytes of a connection, to say whose it is: the PROXY protocol of HAProxy,
// versions 1 (a line) and 2 (binary), https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt. Pure: bytes to what
// they say. Knows no sockets, and not who may be believed.

import { isIPv4, isIPv6 } from 'node:net';
import { parseAddress } from '../limits/address-usage.ts';

/** A longer header is of no proxy that was heard of: with extensions (version 2) they have some hundred bytes. */
export const maxProxyHeaderBytes = 2048;

/** The longest line of version 1, with its end [2.1]. */
const maxLineBytes = 107;

export type ProxyHeader =
  | { readonly is: 'unfinished' }
  | { readonly is: 'malformed' }
  | {
      readonly is: 'whole';
      readonly bytes: number;
      /** The address that it is from. Undefined if the proxy speaks for itself, or does not know. */
      readonly address: string | undefined;
    };

const unfinished: ProxyHeader = { is: 'unfinished' };
const malformed: ProxyHeader = { is: 'malformed' };

const lineStart = Buffer.from('PROXY ', 'latin1');
const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

/** Reads the header that `bytes` begin with. What follows it is not looked at. */
export function readProxyHeader(bytes: Uint8Array): ProxyHeader {
  if (startsLike(bytes, lineStart)) return readLine(bytes);
  if (startsLike(bytes, signature)) return readBinary(bytes);
  return malformed;
}

/** Whether `bytes` begin with `start`, or are the beginning of it. */
function startsLike(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.subarray(0, start.length).every((byte, at) => byte === start[at]);
}

const linePattern = /^PROXY (?:UNKNOWN(?: .*)?|(TCP[46]) (\S+) (\S+) (\d{1,5}) (\d{1,5}))$/;

function readLine(bytes: Uint8Array): ProxyHeader {
  const text = Buffer.from(bytes.subarray(0, maxLineBytes)).toString('latin1');
  const end = text.indexOf('\r\n');
  if (end < 0) return bytes.length < maxLineBytes ? unfinished : malformed;
  const found = linePattern.exec(text.slice(0, end));
  if (found === null) return malformed;
  const whole = { is: 'whole', bytes: end + 2 } as const;
  const [, kind, source = '', destination = '', ...ports] = found;
  if (kind === undefined) return { ...whole, address: undefined };
  const isRight = kind === 'TCP4' ? isIPv4 : isIPv6;
  const address = parseAddress(source);
  if (!isRight(source) || !isRight(destination) || address === undefined) return malformed;
  return ports.every(isPort) ? { ...whole, address } : malformed;
}

function isPort(text: string | undefined): boolean {
  return text !== undefined && /^(?:0|[1-9]\d*)$/.test(text) && Number(text) <= 65_535;
}

const headBytes = 16;
const version = 2;
const commands = { local: 0, proxy: 1 } as const;
/** Family and transport in one byte [2.2]. */
const families = { unknown: 0x00, tcp4: 0x11, tcp6: 0x21, unixStream: 0x31 } as const;
const ipv4Bytes = 4;
const ipv6Bytes = 16;
/** Two addresses and two ports. */
const addressBytes = (one: number): number => 2 * one + 4;

function readBinary(bytes: Uint8Array): ProxyHeader {
  if (bytes.length < headBytes) return unfinished;
  const [first = 0, family = 0, high = 0, low = 0] = bytes.subarray(signature.length, headBytes);
  const command = first & 0xf;
  const length = high * 256 + low;
  const end = headBytes + length;
  if (first >> 4 !== version || end > maxProxyHeaderBytes) return malformed;
  if (command !== commands.local && command !== commands.proxy) return malformed;
  if (bytes.length < end) return unfinished;
  const whole = { is: 'whole', bytes: end } as const;
  // What stands behind it then means nothing.
  if (command === commands.local) return { ...whole, address: undefined };
  const body = bytes.subarray(headBytes, end);
  switch (family) {
    case families.tcp4:
      if (length < addressBytes(ipv4Bytes)) return malformed;
      return { ...whole, address: body.subarray(0, ipv4Bytes).join('.') };
    case families.tcp6:
      if (length < addressBytes(ipv6Bytes)) return malformed;
      return { ...whole, address: formatIpv6(body.subarray(0, ipv6Bytes)) };
    case families.unknown:
    case families.unixStream:
      return { ...whole, address: undefined };
    default:
      // Datagrams, and what is not defined.
      return malformed;
  }
}

function formatIpv6(bytes: Uint8Array): string | undefined {
  const groups = Array.from({ length: ipv6Bytes / 2 }, (_, at) =>
    ((bytes[2 * at] ?? 0) * 256 + (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  return parseAddress(groups.join(':'));
}
