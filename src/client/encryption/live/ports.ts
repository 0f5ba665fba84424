// What a Messenger needs besides a clock, timers and randomness (../ports.ts). All of it is passed in. Nothing here
// knows a platform.

/** Lines of version 1's section 7.5 to the server. Must not throw. Does nothing after the end of the connection. */
export interface PrivateWire {
  /** `PM @to payload`. The payload is one or two base64url tokens, or (for `sendUnencrypted`) plain text. */
  privateMessage(to: string, payload: string): void;
  /** `REQUEST_PUBLIC_KEY @to timestamp` */
  requestPublicKey(to: string, timestamp: string): void;
  /** `PUBLIC_KEY @to key timestamp` */
  publicKey(to: string, key: string, timestamp: string): void;
  /** `GET_USERS *all` [7.4]. The answer goes to `listed`, and is not shown. */
  listUsers(): void;
}
