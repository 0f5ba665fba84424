// The server's address as a page knows it: where the page came from.
import type { WebAddress } from '../../client/connection/server-address.ts';

/** The parts of a `Location` that say where a page is from. */
export type PageOrigin = Pick<Location, 'protocol' | 'hostname' | 'port'>;

const httpPort = 80;
const httpsPort = 443;

/** The address of the server that a page at `origin` came from. */
export function addressOfPage({ protocol, hostname, port }: PageOrigin): WebAddress {
  const scheme = protocol === 'http:' ? 'http' : 'https';
  // A page has an IPv6 address in brackets.
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const usual = scheme === 'http' ? httpPort : httpsPort;
  return { transport: 'web', scheme, host, port: port === '' ? usual : Number(port) };
}
