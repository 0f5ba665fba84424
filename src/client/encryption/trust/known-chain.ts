// What is stored of an account's chain beside its pin: what its links say together, and the hash of each, so that a chain
// that goes on is told from one that parts. Damaged content is none.

import * as v from 'valibot';
import { decodeUtf8, encodeUtf8, formatHex, parseHex } from '../../../lib/bytes.ts';
import { deviceForms, revokeReasons } from '../../../wire/statements/chain-link.ts';
import { parseUsername } from '../../../wire/text.ts';
import type { KnownChain } from './pin-store.ts';

/** The longest stored chain: 64 links, each as it came and what it says. */
export const maxKnownChainBytes = 128 * 1024;

const bytes = v.pipe(
  v.string(),
  v.regex(/^(?:[0-9a-f]{2})+$/),
  v.transform((hex) => parseHex(hex)),
);

const form = v.optional(v.picklist(deviceForms));

const stored = v.object({
  helo: v.literal('chain 1'),
  name: v.string(),
  root16: bytes,
  rootKey: bytes,
  devices: v.array(v.object({ key: bytes, form, by: v.optional(bytes) })),
  revoked: v.array(v.object({ key: bytes, form, why: v.picklist(revokeReasons), by: bytes })),
  steps: v.array(v.object({ hash: bytes, byRecovery: v.boolean(), recovery: v.optional(bytes) })),
  accepted: v.number(),
  links: v.optional(v.array(v.string())),
});

export function encodeKnownChain({ chain, accepted, links }: KnownChain): Uint8Array {
  const text = JSON.stringify(
    { helo: 'chain 1', ...chain, accepted, links },
    (_, value: unknown) => (value instanceof Uint8Array ? formatHex(value) : value),
  );
  return encodeUtf8(`${text}\n`);
}

export function decodeKnownChain(content: Uint8Array): KnownChain | undefined {
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(content) ?? '');
  } catch {
    // Anything else than this form is damage.
    return undefined;
  }
  const read = v.safeParse(stored, value);
  const name = read.success ? parseUsername(read.output.name) : undefined;
  if (!read.success || name === undefined || read.output.steps.length === 0) return undefined;
  const { accepted, links, root16, rootKey, devices, revoked, steps } = read.output;
  const chain = {
    name,
    root16,
    rootKey,
    devices: devices.map(({ form, by, ...one }) => ({
      ...one,
      ...(form && { form }),
      ...(by && { by }),
    })),
    revoked: revoked.map(({ form, ...one }) => ({ ...one, ...(form && { form }) })),
    steps: steps.map((step) => ({ ...step, recovery: step.recovery })),
  };
  return { chain, accepted, links };
}
