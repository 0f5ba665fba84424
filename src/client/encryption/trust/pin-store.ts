// The key by which each person is known, beyond the login: the port of trust.ts to the device.

import type { AccountChain } from '../../../wire/statements/account-chain.ts';

/** What is remembered of a person's key, beyond the login. */
export interface Pin {
  readonly key: Uint8Array;
  /** Whether the person compared safety numbers for this key. */
  readonly verified: boolean;
  /** Whether the person has neither written to them nor decided about their key. Then it may be forgotten. */
  readonly isStranger?: boolean;
}

/** The chain of an account as this device has seen it. No server takes anything of it away again. */
export interface KnownChain {
  readonly chain: AccountChain;
  /** Up to so many of its links the person knows of, or need not. */
  readonly accepted: number;
  /** The links as on the wire; of the own account alone. */
  readonly links?: readonly string[] | undefined;
}

/** Pins by user name, for one server. A rejected `put`, and a `full` one, is reported as `pin-not-stored`. */
export interface PinStore {
  get(user: string): Promise<Pin | undefined>;
  /**
   * Stores the pin of a person to whom one writes or about whom one has decided. It is never evicted. `full`: there is
   * no room for one more.
   */
  put(user: string, pin: Pin): Promise<'full' | undefined>;
  /** Stores the key of another person, among those of the last strangers. */
  note(user: string, key: Uint8Array): Promise<void>;
  /** When the pin was stored, in milliseconds since 1970, if known. */
  since?(user: string): Promise<number | undefined>;
  /** What is kept of a person's chain; also of the own one. Undefined where nothing is, or what is there is damaged. */
  chain(user: string): Promise<KnownChain | undefined>;
  putChain(user: string, known: KnownChain): Promise<void>;
}
