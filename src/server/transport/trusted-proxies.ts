// Which proxies are believed what they say about others: those whose own address is among the named ones.

import { BlockList, isIP, isIPv6 } from 'node:net';

/** Addresses and ranges, `192.0.2.0/24`, of proxies. */
export type TrustedProxies = (address: string) => boolean;

/** Reads the list of trusted proxies. Undefined if one of them is neither an address nor a range. */
export function trustedProxies(list: readonly string[]): TrustedProxies | undefined {
  const trusted = new BlockList();
  for (const entry of list) {
    const [address = '', bits, ...more] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    const most = family === 'ipv6' ? 128 : 32;
    if (isIP(address) === 0 || more.length > 0) return undefined;
    if (bits === undefined) trusted.addAddress(address, family);
    else if (/^\d{1,3}$/.test(bits) && Number(bits) <= most) {
      trusted.addSubnet(address, Number(bits), family);
    } else return undefined;
  }
  return (address) =>
    isIP(address) !== 0 && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
