// By which key each person is known, beyond the login: the port of trust.ts to the device.

/** What is remembered of a person's key, beyond the login. */
export interface Pin {
  readonly key: Uint8Array;
  /** The person compared safety numbers for this key. */
  readonly verified: boolean;
  /** Of somebody whom the person has neither written to nor decided about: it may be forgotten. */
  readonly isStranger?: boolean;
}

/** Pins by user name, of one server. A rejected `put`, and a `full` one, is told as `pin-not-stored`. */
export interface PinStore {
  get(user: string): Promise<Pin | undefined>;
  /** Keeps the pin of somebody whom the person writes to or has decided about, for good. `full`: there is no room for one more. */
  put(user: string, pin: Pin): Promise<'full' | undefined>;
  /** Keeps the key of somebody else, with those of the last so many strangers. */
  note(user: string, key: Uint8Array): Promise<void>;
  /** When the pin was put as it is, in milliseconds since 1970, where that can be told. */
  since?(user: string): Promise<number | undefined>;
}
