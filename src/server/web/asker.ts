// Who asks: the address, the host and the scheme of a request, which a reverse proxy in front knows and this server does
// not. A proxy is believed only if its own address is among the trusted ones. Also owns which hosts and origins may ask:
// the browser of a person on this machine sends whatever page it has open to a listener on this machine.

import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { parseAddress } from '../limits/address-usage.ts';
import { isLoopbackAddress } from '../transport/address.ts';
import type { Origin } from '../transport/transport.ts';
import type { TrustedProxies } from '../transport/trusted-proxies.ts';

export interface WebAsker {
  readonly origin: Origin;
  /** As in the address bar: `chat.example.org`, `127.0.0.1:1380`. Lower case. */
  readonly host: string;
  /** Whether a trusted proxy says that it comes from elsewhere. */
  readonly isForwarded: boolean;
}

/** Who sent a request that came by a connection of `origin`. */
export function askerOf(
  headers: IncomingHttpHeaders,
  origin: Origin,
  isTrusted: TrustedProxies,
): WebAsker {
  const host = (headers.host ?? '').toLowerCase();
  if (!isTrusted(origin.address)) return { origin, host, isForwarded: false };
  const scheme = last(headers['x-forwarded-proto']);
  return {
    origin: {
      ...origin,
      address: forwardedAddress(list(headers['x-forwarded-for']), origin.address, isTrusted),
      // Everybody comes this way, wherever they are.
      isLocal: false,
      secure: scheme === undefined ? origin.secure : scheme === 'https',
    },
    host: last(headers['x-forwarded-host'])?.toLowerCase() ?? host,
    isForwarded: true,
  };
}

/** The last address that a trusted proxy has added. What stands before it, anybody may have written. */
function forwardedAddress(
  addresses: readonly string[],
  own: string,
  isTrusted: TrustedProxies,
): string {
  let address = own;
  for (const text of addresses.toReversed()) {
    const next = parseAddress(text);
    if (next === undefined) return address;
    address = next;
    if (!isTrusted(address)) return address;
  }
  return address;
}

function list(header: string | readonly string[] | undefined): string[] {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function last(header: string | readonly string[] | undefined): string | undefined {
  return list(header).at(-1);
}

/**
 * Whether a request may be for this host. A listener on this machine is reached under names of this machine only: under
 * another one it is the page of somebody else, whose name was made to lead here (DNS rebinding), or a proxy that is not
 * trusted.
 */
export function isOwnHost({ origin, host, isForwarded }: WebAsker): boolean {
  if (isForwarded || !origin.isLocal || origin.secure) return true;
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || (isIP(name) !== 0 && isLoopbackAddress(name));
}

/** Whether the page that asks for a WebSocket is this server's own. */
export function isOwnOrigin({ origin, host }: WebAsker, asked: string | undefined): boolean {
  return asked?.toLowerCase() === `${origin.secure ? 'https' : 'http'}://${host}`;
}
