// What the headless client needs from its platform: a byte connection, timers, randomness, a clock, and a place to
// remember servers. Adapters for Node are in platform/node; tests pass in scripted ones.

import type { ServerAddress } from './connection/server-address.ts';

/** Why a connection could not be made, or broke: the system's code (`ECONNREFUSED`), and words for people. */
export interface ConnectionFailure {
  readonly code: string;
  readonly detail: string;
}

/**
 * A server's SHA-256 fingerprint over TLS and the channel binding `tls-exporter` of the connection [RFC 9266]; or that
 * nothing proves who answered.
 */
export type ServerProof =
  | { readonly kind: 'plain' }
  | {
      readonly kind: 'tls';
      readonly fingerprint: Uint8Array;
      readonly binding: Uint8Array;
      /** SHA-256 of the certificate's public key, which a later certificate may have again. */
      readonly key?: Uint8Array | undefined;
      /** Whether an authority that this system trusts has issued the certificate for the name of the host. Never rejects. */
      readonly hasAuthority?: () => Promise<boolean>;
    };

/** The events of a connection. `onOpen` comes once or never, `onClose` once and last. */
export interface ConnectionHandlers {
  onOpen(proof: ServerProof): void;
  /** `bytes` are only valid until the function returns. */
  onData(bytes: Uint8Array): void;
  /** Everything queued was sent. */
  onDrain(): void;
  /** The connection has ended: one side closed it, or because of `failure`. */
  onClose(failure: ConnectionFailure | undefined): void;
}

/** A reliable stream of bytes in both directions. */
export interface ByteConnection {
  /** Queues `bytes`. Does nothing after the end. */
  write(bytes: Uint8Array): void;
  /** Bytes that are queued and not yet passed to the system. */
  readonly unsentBytes: number;
  /**
   * Stops and resumes `onData`. Meanwhile data waits at the sender, not in memory; where a transport cannot stop, a
   * limited amount waits in memory, and more ends the connection.
   */
  pause(): void;
  resume(): void;
  /** Sends what is queued, then closes this side. Some transports close both: then nothing more is heard. */
  end(): void;
  /** Closes at once, dropping what is queued. */
  destroy(): void;
}

/** Begins to connect to `address`. Handlers are called later, never from within the call. */
export type Dial = (address: ServerAddress, handlers: ConnectionHandlers) => ByteConnection;

export interface Timers {
  /** Calls `action` once after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, action: () => void): () => void;
}

/** Milliseconds since 1970. */
export type WallClock = () => number;

/** `length` bytes that nobody can guess. */
export type RandomBytes = (length: number) => Uint8Array;

/** SHA-256 of `bytes`. */
export type HashSha256 = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** What is known of a certificate: SHA-256 of its public key, and the identity that was proven under it. */
export interface KnownCertificate {
  readonly key: Uint8Array | undefined;
  readonly identity: Uint8Array | undefined;
}

/**
 * The servers met before, by the key of their address: the fingerprint of the certificate, and the identity key that
 * the extended login proves. Rejects if it cannot be read or stored.
 */
export interface KnownServers {
  fingerprintOf(serverKey: string): Promise<Uint8Array | undefined>;
  /** Remembers `fingerprint` for a server, in place of any other. */
  remember(serverKey: string, fingerprint: Uint8Array): Promise<void>;
  identityOf(serverKey: string): Promise<Uint8Array | undefined>;
  /** Remembers `identity`, an Ed25519 public key, for a server that has none yet. */
  rememberIdentity(serverKey: string, identity: Uint8Array): Promise<void>;
  /** What is known of the certificate with that fingerprint, from any address. */
  certificate(fingerprint: Uint8Array): Promise<KnownCertificate | undefined>;
  rememberCertificate(fingerprint: Uint8Array, known: KnownCertificate): Promise<void>;
  /**
   * How `user` logged in to a server the last time that an account was wanted: with it, or as a guest, because there
   * was none and they were told so. Undefined if they never did.
   */
  cameAs(serverKey: string, user: string): Promise<'account' | 'guest' | undefined>;
  rememberCame(serverKey: string, user: string, as: 'account' | 'guest'): Promise<void>;
}
