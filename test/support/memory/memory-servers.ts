// The servers met before, in memory.
import type { KnownCertificate, KnownServers } from '../../../src/client/ports.ts';

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
