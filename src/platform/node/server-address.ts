// Addresses of servers as people write them on this machine: host names may be in any script (IDN), and are converted
// to the form that DNS and TLS use.
import { domainToASCII } from 'node:url';
import { parseServerAddress, type ServerAddress } from '../../client/connection/server-address.ts';
import type { Result } from '../../lib/result.ts';

/** What may follow the name of a host. Brackets are for an IPv6 address. */
const hostEnds = [':', '/', '#', '[', ']'];

/** Like `parseServerAddress`; `bücher.example` becomes `xn--bcher-kva.example`. */
export function readServerAddress(text: string): Result<ServerAddress, string> {
  const from = text.includes('://') ? text.indexOf('://') + 3 : 0;
  const ends = hostEnds.map((mark) => text.indexOf(mark, from)).filter((at) => at >= 0);
  const to = Math.min(text.length, ...ends);
  const host = text.slice(from, to);
  const ascii = /[^\0-\u007F]/.test(host) ? domainToASCII(host) : host;
  return parseServerAddress(
    ascii === '' ? text : `${text.slice(0, from)}${ascii}${text.slice(to)}`,
  );
}
