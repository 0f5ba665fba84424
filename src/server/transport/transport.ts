// The port between the server and whatever carries its bytes: TCP, TLS, WebSocket. The code above it cannot tell
// which one it uses.

/** Where a stream comes from, and how. */
export interface Origin {
  /** The client's address; an IPv4 one in dots, at every listener. Empty if the stream has ended already. */
  readonly address: string;
  /** The address that its listener is bound to. */
  readonly listenerHost: string;
  /** Whether nobody but people on this machine can come this way. */
  readonly isLocal: boolean;
  /** Whether it came over TLS. */
  readonly secure: boolean;
}

/** One open byte stream to a client, as the server uses it. */
export interface Transport {
  readonly origin: Origin;
  /**
   * A value that only the two ends of this stream know: `tls-exporter` [RFC 9266]. Empty without TLS. Undefined if the
   * stream has ended already.
   */
  readonly binding: Uint8Array | undefined;
  /** Sends bytes as a binary string. They are sent in order; when is not specified. */
  write(binary: string): void;
  /** Sends bytes that nobody changes any more: many transports share them. */
  writeBytes(bytes: Uint8Array): void;
  /** Bytes that were passed to `write` and not yet to the operating system. */
  readonly unsentBytes: number;
  /** Stops reading: no `data` before `resume`. Meanwhile input waits at the sender. */
  pause(): void;
  resume(): void;
  /** Closes once everything was sent, or after a moment if the other side does not read. */
  end(): void;
  /** Closes at once and drops what was not sent. */
  destroy(): void;
}

/** What a transport reports to the server. */
export interface TransportListener {
  /** Received bytes. They may be overwritten after the call. */
  data(chunk: Uint8Array): void;
  /** So many bytes have come of a message that is not whole yet, and are kept for it; 0: none. */
  gathering?(bytes: number): void;
  /** The other side has sent its last byte. It may still read. */
  finished(): void;
  /** The stream has ended. Called once, last. */
  closed(): void;
}

/** Called for each new stream. The returned listener gets its events. */
export type Accept = (transport: Transport) => TransportListener;
