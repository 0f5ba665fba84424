// The values of the flags about the web page.
import { err, ok } from '../../lib/result.ts';
import { trustedProxies, type TrustedProxies } from '../../server/web/asker.ts';
import { portOrOff, withWords } from '../flags/decoders.ts';
import type { Decoder } from '../flags/table.ts';

/** A port, or the word `off`: without a value, the usual port is tried. */
export const portOrWordOff: Decoder<number | 'off'> = withWords(['off'], (text, folder) => {
  const port = portOrOff(text, folder);
  return port.ok ? ok(port.value ?? 'off') : port;
});

/** Origins as browsers write them, with commas between; or none. */
export const origins: Decoder<readonly string[]> = withWords(['none'], (text) => {
  const all = listOf(text).map((word) => originOf(word));
  return all.every((one) => one !== undefined)
    ? ok(all)
    : err('origins with commas between, such as https://chat.example.org, or none');
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

function originOf(text: string): string | undefined {
  if (!/^https?:\/\/[^/?#@]+\/?$/i.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text).origin;
}
