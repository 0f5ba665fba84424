// A connection whose other end is the test: it reads what the client wrote and says what the server says.
import assert from 'node:assert/strict';
import type {
  ByteConnection,
  ConnectionFailure,
  ConnectionHandlers,
  Dial,
  KnownCertificate,
  KnownServers,
  ServerProof,
} from '../../src/client/ports.ts';
import type { Pin, PinStore } from '../../src/client/encryption/trust/pin-store.ts';
import type { ServerAddress } from '../../src/client/connection/server-address.ts';

export class ScriptedConnection implements ByteConnection {
  unsentBytes = 0;
  written = '';
  paused = false;
  ended = false;
  destroyed = false;
  #handlers: ConnectionHandlers | undefined;

  readonly dial: Dial = (_address: ServerAddress, handlers) => {
    this.#handlers = handlers;
    return this;
  };

  get handlers(): ConnectionHandlers {
    assert.ok(this.#handlers, 'nobody has dialled');
    return this.#handlers;
  }

  write(bytes: Uint8Array): void {
    assert.ok(!this.destroyed);
    this.written += Buffer.from(bytes).toString();
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  end(): void {
    this.ended = true;
  }
  destroy(): void {
    this.destroyed = true;
  }

  /** The connection stands. Resolves when the client has made up its mind about the server. */
  async open(proof: ServerProof = { kind: 'plain' }): Promise<void> {
    this.handlers.onOpen(proof);
    // The client looks the server up in its stores, which are promises that are kept at once here.
    await new Promise(setImmediate);
  }

  /** The server says lines. */
  says(...lines: readonly string[]): void {
    this.handlers.onData(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  }

  /** What the client has written since the last call, as lines. */
  received(): readonly string[] {
    const lines = this.written.split('\n');
    assert.equal(lines.pop(), '', 'what a client writes ends with a line end');
    this.written = '';
    return lines;
  }

  closes(failure?: ConnectionFailure): void {
    this.handlers.onClose(failure);
  }
}

/** Known servers in memory. */
export class MemoryKnownServers implements KnownServers {
  readonly #fingerprints = new Map<string, Uint8Array>();
  readonly #identities = new Map<string, Uint8Array>();

  fingerprintOf(serverKey: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#fingerprints.get(serverKey));
  }

  remember(serverKey: string, fingerprint: Uint8Array): Promise<void> {
    this.#fingerprints.set(serverKey, fingerprint);
    return Promise.resolve();
  }

  identityOf(serverKey: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#identities.get(serverKey));
  }

  rememberIdentity(serverKey: string, identity: Uint8Array): Promise<void> {
    this.#identities.set(serverKey, identity);
    return Promise.resolve();
  }

  readonly #certificates = new Map<string, KnownCertificate>();

  certificate(fingerprint: Uint8Array): Promise<KnownCertificate | undefined> {
    return Promise.resolve(this.#certificates.get(String(fingerprint)));
  }

  rememberCertificate(fingerprint: Uint8Array, known: KnownCertificate): Promise<void> {
    this.#certificates.set(String(fingerprint), known);
    return Promise.resolve();
  }

  readonly #names = new Map<string, 'account' | 'guest'>();

  cameAs(serverKey: string, user: string): Promise<'account' | 'guest' | undefined> {
    return Promise.resolve(this.#names.get(`${serverKey} ${user}`));
  }

  rememberCame(serverKey: string, user: string, as: 'account' | 'guest'): Promise<void> {
    this.#names.set(`${serverKey} ${user}`, as);
    return Promise.resolve();
  }
}

/** Pins in memory. */
export class MemoryPins implements PinStore {
  readonly #pins = new Map<string, Pin>();

  get(user: string): Promise<Pin | undefined> {
    return Promise.resolve(this.#pins.get(user));
  }

  put(user: string, pin: Pin): Promise<undefined> {
    this.#pins.set(user, pin);
    return Promise.resolve(undefined);
  }

  note(user: string, key: Uint8Array): Promise<void> {
    this.#pins.set(user, { key, verified: false, isStranger: true });
    return Promise.resolve();
  }
}
