// The port between the server and whatever carries its bytes: TCP, TLS, later WebSocket. The code above it cannot
// tell which one it uses.

/** Where a stream comes from, and by which way. */
export interface Origin {
  /** The client's address; an IPv4 one in dots, whatever listener it came to. Empty where it is gone already. */
  readonly address: string;
  /** The address that the listener which took it is bound to. */
  readonly listenerHost: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
}

/** One open byte stream to a client, as the server uses it. */
export interface Transport {
  readonly origin: Origin;
  /**
   * What nobody but the two ends of this stream can know: `tls-exporter` [RFC 9266]. Empty without TLS; undefined
   * where the stream is gone already.
   */
  readonly binding: Uint8Array | undefined;
  /** Hands over bytes as a binary string. They go out in order; nothing is said about when. */
  write(binary: string): void;
  /** Hands over bytes that nobody changes any more: many transports share them. */
  writeBytes(bytes: Uint8Array): void;
  /** What has been handed over and has not yet gone to the operating system, in bytes. */
  readonly unsentBytes: number;
  /** Takes nothing in from here on: no `data` before `resume`. What is sent meanwhile waits at the sender. */
  pause(): void;
  resume(): void;
  /** Closes once everything handed over has gone out, or after a moment where the other side does not read. */
  end(): void;
  /** Closes at once and drops what has not gone out. */
  destroy(): void;
}

/** What a transport tells the server. */
export interface TransportListener {
  /** Bytes have come in. They may be overwritten after the call. */
  data(chunk: Uint8Array): void;
  /** The other side has sent its last byte. It may still be reading. */
  finished(): void;
  /** The stream is gone. Called once, last. */
  closed(): void;
}

/** Called for each new stream; the answer hears what happens on it. */
export type Accept = (transport: Transport) => TransportListener;
