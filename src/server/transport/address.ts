// The address of the other side of a connection, as text.

/**
 * One form for every address: a listener on all addresses shows those of IPv4 in the form of IPv6. Empty where the
 * connection is gone already.
 */
export function normalAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
