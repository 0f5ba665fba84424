// The values of the flags about the web page and about proxies.
import { err, ok } from '../../lib/result.ts';
import { trustedProxies, type TrustedProxies } from '../../server/transport/trusted-proxies.ts';
import { portOrOff, withWords } from '../flags/decoders.ts';
import type { Decoder } from '../flags/table.ts';

/** A port, or the word `off`: without a value, the usual port is tried. */
export const portOrWordOff: Decoder<number | 'off'> = withWords(['off'], (text, folder) => {
  const port = portOrOff(text, folder);
  return port.ok ? ok(port.value ?? 'off') : port;
});

/** Addresses and ranges of addresses, with commas between; or none. */
export const proxies: Decoder<TrustedProxies> = withWords(['none'], (text) => {
  const trusted = trustedProxies(listOf(text));
  return trusted === undefined
    ? err('addresses with commas between, such as 127.0.0.1,10.0.0.0/8, or none')
    : ok(trusted);
});

function listOf(text: string): string[] {
  return text === 'none' ? [] : text.split(',').map((word) => word.trim());
}
