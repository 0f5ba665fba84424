// Addresses of connections and of listeners, as text.

/**
 * One form for every address: a listener on all addresses reports IPv4 addresses in IPv6 form. Empty if the connection
 * has ended already.
 */
export function normalAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}

/** Whether only this machine can reach a listener that is bound to `address`. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || normalAddress(address).startsWith('127.');
}
