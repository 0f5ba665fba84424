// A server's address, as a person writes it: `HOST:PORT` for plain text, `tls://HOST:PORT`, and
// `tls://HOST:PORT#FINGERPRINT` for a server whose identity or certificate is known beforehand; and as a page knows it,
// `https://HOST:PORT`. Parsing only. Knows no socket.

import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { err, ok, type Result } from '../../lib/result.ts';

export interface PlainAddress {
  readonly transport: 'plain';
  readonly host: string;
  readonly port: number;
}

export interface TlsAddress {
  readonly transport: 'tls';
  readonly host: string;
  readonly port: number;
  /**
   * If the person gave it: the server's identity key, as a server prints it, or SHA-256 of its certificate's DER form.
   * Both have 32 bytes, and nobody can make one that is the other.
   */
  readonly fingerprint: Uint8Array | undefined;
}

/** Where a page comes from. Nobody writes it: a page knows it, and reaches the server by a WebSocket there. */
export interface WebAddress {
  readonly transport: 'web';
  /** `http` only on the machine of the server itself. */
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

export type ServerAddress = PlainAddress | TlsAddress | WebAddress;

export const defaultPlainPort = 1337;
export const defaultTlsPort = 1338;

const fingerprintBytes = 32;

/** The form of an address, for people. */
export const addressForms =
  'HOST:PORT, tls://HOST:PORT or tls://HOST:PORT#FINGERPRINT, such as 127.0.0.1:1337, [::1]:1337 or tls://chat.example.org';

/** Parses an address. The default port is 1337, or 1338 for TLS. The error says what is wrong. */
export function parseServerAddress(text: string): Result<ServerAddress, string> {
  const [, scheme, rest] = /^(?:([A-Za-z][A-Za-z\d+.-]*):\/\/)?(.*)$/s.exec(text) ?? [];
  const tls = scheme?.toLowerCase() === 'tls';
  if (scheme !== undefined && !tls) return err(`${scheme}:// is not known`);
  const [, place = '', mark] = /^([^#]*)(?:#(.*))?$/s.exec(rest ?? '') ?? [];
  if (mark !== undefined && !tls) return err('a fingerprint belongs to a tls:// address');
  const found = parsePlace(place, tls ? defaultTlsPort : defaultPlainPort);
  if (!found.ok) return found;
  if (!tls) return ok({ transport: 'plain', ...found.value });
  const fingerprint = mark === undefined ? undefined : parseFingerprint(mark);
  if (mark !== undefined && fingerprint === undefined) {
    return err(
      'the fingerprint after # must be an identity or a SHA-256 value: 43 base64url characters or 64 hexadecimal digits',
    );
  }
  return ok({ transport: 'tls', ...found.value, fingerprint });
}

function parsePlace(
  text: string,
  defaultPort: number,
): Result<{ readonly host: string; readonly port: number }, string> {
  const bracketed = /^\[([\da-fA-F:.]+(?:%[\w.-]+)?)\](?::(\d{1,5}))?$/.exec(text);
  // A bare IPv6 address contains colons, so a port after it cannot be recognised: it needs the brackets.
  const named = /^([A-Za-z\d_](?:[\w.-]{0,251}[A-Za-z\d_])?\.?)(?::(\d{1,5}))?$/.exec(text);
  const [, host, digits] = bracketed ?? named ?? [];
  if (host === undefined) {
    const colons = text.split(':').length - 1;
    return err(
      colons > 1
        ? 'an IPv6 address stands in brackets: [::1]:1337'
        : 'the host or the port cannot be read',
    );
  }
  const port = digits === undefined ? defaultPort : Number(digits);
  if (port < 1 || port > 65_535) return err('the port must be from 1 to 65535');
  // The zone of a link-local address is the name of an interface, whose case counts.
  return ok({ host: host.includes('%') ? host : host.toLowerCase(), port });
}

/** A SHA-256 fingerprint from 43 base64url characters or 64 hexadecimal digits, with or without colons. */
export function parseFingerprint(text: string): Uint8Array | undefined {
  const digits = text.replaceAll(':', '');
  if (/^[\da-fA-F]{64}$/.test(digits)) {
    return Uint8Array.from({ length: fingerprintBytes }, (_, at) =>
      Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
    );
  }
  const bytes = decodeBase64url(text);
  return bytes?.length === fingerprintBytes ? bytes : undefined;
}

/** The short form of a fingerprint, as it follows the `#` of an address. */
export function formatFingerprint(fingerprint: Uint8Array): string {
  return encodeBase64url(fingerprint);
}

/** `HOST:PORT`, with brackets around an IPv6 address. */
export function formatHostPort({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The address without a fingerprint, as a person would write it. */
export function formatServerAddress(address: ServerAddress): string {
  const scheme = schemeOf(address);
  return `${scheme === undefined ? '' : `${scheme}://`}${formatHostPort(address)}`;
}

function schemeOf(address: ServerAddress): string | undefined {
  if (address.transport === 'plain') return undefined;
  return address.transport === 'tls' ? 'tls' : address.scheme;
}

/** The address with its fingerprint, if it has one. `parseServerAddress` reads it. */
export function formatWholeAddress(address: ServerAddress): string {
  const mark =
    address.transport === 'tls' && address.fingerprint !== undefined
      ? `#${formatFingerprint(address.fingerprint)}`
      : '';
  return `${formatServerAddress(address)}${mark}`;
}

/** The name under which data about a server is stored. Two addresses have one key only if they are the same. */
export function serverKeyOf(address: ServerAddress): string {
  return `${schemeOf(address) ?? address.transport}-${formatHostPort(address)}`;
}
