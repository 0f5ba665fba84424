// What a Messenger needs from its surroundings beside a clock, timers and randomness (../ports.ts). All of it
// is handed in; nothing here knows a platform.

/** Lines of version 1's section 7.5 to the server. Must not throw; where the connection is gone, does nothing. */
export interface PrivateWire {
  /** `PM @to payload`. The payload is one or two base64url tokens, or (for `sendUnencrypted`) plain text. */
  privateMessage(to: string, payload: string): void;
  /** `REQUEST_PUBLIC_KEY @to timestamp` */
  requestPublicKey(to: string, timestamp: string): void;
  /** `PUBLIC_KEY @to key timestamp` */
  publicKey(to: string, key: string, timestamp: string): void;
  /** `GET_USERS *all` [7.4]. The answer goes to `listed`, and to nobody's screen. */
  listUsers(): void;
}

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
