// Revokes of which this device has heard: the chains of other accounts that have revoked devices. They are kept, so that
// neither a restart nor a server that was put back to data from before a revoke lets this device seal to what was revoked.

import { decodeUtf8, encodeUtf8, equalBytes, formatHex } from '../../lib/bytes.ts';
import type { ChainedAccount } from '../encryption/group/ports.ts';
import { decodeKnownChain, encodeKnownChain } from '../encryption/trust/known-chain.ts';
import type { ClientChange, KeptValue } from '../store/store-port.ts';
import { withLinks } from './verified-chain.ts';

/** So many accounts are remembered to have revoked devices. Those heard of last stay. */
export const maxRevoking = 256;

const prefix = 'revoked.';

export interface HeardRevokesPorts {
  /** The own account's name: of its own devices OwnChain knows more. */
  readonly me: string;
  /** What was kept in earlier runs. */
  readonly values: readonly KeptValue[];
  readonly write: (change: () => ClientChange) => Promise<void>;
  /** Another account is known to have revoked a device. */
  readonly heard: () => void;
}

export class HeardRevokes {
  readonly #ports: HeardRevokesPorts;
  #all: readonly ChainedAccount[];

  constructor(ports: HeardRevokesPorts) {
    this.#ports = ports;
    this.#all = ports.values.filter(({ name }) => name.startsWith(prefix)).flatMap(readValue);
  }

  /** The accounts, those heard of last first. Another array where that is more than before. */
  get all(): readonly ChainedAccount[] {
    return this.#all;
  }

  /** A verified chain was shown, by whomever: where it has revoked devices, groups in which those are hear of it. */
  note({ chain, root16, links }: ChainedAccount): void {
    if (chain.revoked.length === 0 || chain.name === this.#ports.me) return;
    const known = this.#all.find((one) => equalBytes(one.root16, root16));
    if (known !== undefined && known.links.length >= links.length) return;
    const all = [{ chain, root16, links }, ...this.#all.filter((one) => one !== known)];
    this.#all = all.slice(0, maxRevoking);
    this.#keep(root16, decodeUtf8(encodeKnownChain({ chain, accepted: 0, links })));
    for (const dropped of all.slice(maxRevoking)) this.#keep(dropped.root16, undefined);
    this.#ports.heard();
  }

  /** That it could not be written is told by whoever writes. Until the end of this run it is known all the same. */
  #keep(root16: Uint8Array, value: string | undefined): void {
    const name = prefix + formatHex(root16);
    this.#ports.write(() => ({ type: 'kept-value', name, value })).catch(() => {});
  }
}

/** Damaged content is none: it is heard again. */
function readValue({ value }: KeptValue): ChainedAccount[] {
  const known = decodeKnownChain(encodeUtf8(value));
  return known?.links === undefined ? [] : [withLinks(known.chain, known.links)];
}
