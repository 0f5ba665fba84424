// The key by which each person is known, beyond the login: the port of trust.ts to the device.

/** What is remembered of a person's key, beyond the login. */
export interface Pin {
  readonly key: Uint8Array;
  /** Whether the person compared safety numbers for this key. */
  readonly verified: boolean;
  /** Whether the person has neither written to them nor decided about their key. Then it may be forgotten. */
  readonly isStranger?: boolean;
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
}
