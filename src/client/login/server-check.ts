// Whether the server that answered is the expected one [7.1, 12]: its certificate, and the identity key that it proves
// in the login. Over TLS the proof is bound to the channel, so a known identity vouches for an unknown certificate. The
// reverse never holds: no certificate and no address replaces a remembered identity. A new server is remembered after a
// successful login: otherwise an attacker in between, who gets no further than the proof, would be remembered, and the
// real server would be refused. Owns what is remembered of servers. Sends nothing.

import { equalBytes } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Username } from '../../wire/text.ts';
import type { CloseReason } from '../client-state.ts';
import type { KnownCertificate, KnownServers, ServerProof } from '../ports.ts';
import { serverKeyOf, type ServerAddress } from '../connection/server-address.ts';

type TlsProof = Extract<ServerProof, { readonly kind: 'tls' }>;

/** The certificate of a connection, what is known of it, and the expected one. */
interface Certificate {
  readonly proof: TlsProof;
  /** The certificate of earlier visits. */
  readonly known: Uint8Array | undefined;
  /** The fingerprint in the address: of a certificate, or of an identity. */
  readonly mark: Uint8Array | undefined;
  /** What this device knows of the certificate that the address names. */
  readonly marked: KnownCertificate | undefined;
  /** Whether it is the expected one, or something other than the identity vouches for it. */
  readonly isRight: boolean;
}

/** What is known from earlier visits, and whether the server is new. */
interface Visits {
  readonly isNew: boolean;
  readonly identity: Uint8Array | undefined;
  readonly cameAs: 'account' | 'guest' | undefined;
}

interface Before extends Pick<Visits, 'identity'> {
  /** What is known of the certificate of earlier visits. */
  readonly before: KnownCertificate | undefined;
}

export class ServerCheck {
  readonly #serverKey: string;
  readonly #servers: KnownServers;
  readonly #certificate: Certificate | undefined;
  readonly #identity: Uint8Array | undefined;
  /** How this name logged in before. */
  readonly cameAs: 'account' | 'guest' | undefined;
  readonly #isNew: boolean;
  #remembered: Uint8Array | undefined;
  #proven: Uint8Array | undefined;

  private constructor(
    serverKey: string,
    servers: KnownServers,
    certificate: Certificate | undefined,
    { isNew, identity, cameAs }: Visits,
  ) {
    this.#serverKey = serverKey;
    this.#servers = servers;
    this.#certificate = certificate;
    this.#isNew = isNew;
    this.#identity = identity;
    this.cameAs = cameAs;
  }

  /** Checks who answered. The error is a reason to end the connection at once. */
  static async begin(
    { address, username }: { readonly address: ServerAddress; readonly username: Username },
    proof: ServerProof,
    servers: KnownServers,
  ): Promise<Result<ServerCheck, CloseReason>> {
    const serverKey = serverKeyOf(address);
    try {
      const [identity, cameAs] = await Promise.all([
        servers.identityOf(serverKey),
        servers.cameAs(serverKey, username),
      ]);
      if (address.transport !== 'tls' || proof.kind !== 'tls') {
        const visits = { isNew: identity === undefined, identity, cameAs };
        return ok(new ServerCheck(serverKey, servers, undefined, visits));
      }
      const known = await servers.fingerprintOf(serverKey);
      const mark = address.fingerprint;
      const [marked, before] = await Promise.all([
        mark && servers.certificate(mark),
        known && servers.certificate(known),
      ]);
      const isRight = await isExpected({ proof, known, mark, marked, before, identity });
      const certificate = { proof, known, mark, marked, isRight };
      const isNew = identity === undefined && known === undefined && mark === undefined;
      const visits = { isNew, identity, cameAs };
      const check = new ServerCheck(serverKey, servers, certificate, visits);
      const mayProve = identity !== undefined || mark !== undefined;
      if (!isRight && !mayProve) return err(check.refusal);
      if (isRight && !isNew) await check.#remember();
      return ok(check);
    } catch (error) {
      return err(storeFailed(error));
    }
  }

  /** The identity of earlier visits. */
  get identity(): Uint8Array | undefined {
    return this.#identity;
  }

  /**
   * Whether only the server's identity can vouch for its certificate. Then nothing is sent before the proof, except the
   * request for it.
   */
  get mustProve(): boolean {
    return this.#certificate?.isRight === false;
  }

  /** Whether the proof is useful: the server will have another certificate some day. */
  get isWorthProving(): boolean {
    return this.#certificate !== undefined && this.#identity === undefined;
  }

  /** Whether the connection is bound to the proof, so that nobody in between can have sent the server's lines. */
  get isBound(): boolean {
    return this.#certificate !== undefined;
  }

  /** Whether a successful login adds something to remember. */
  get isToBeMet(): boolean {
    return this.#isNew && (this.#certificate !== undefined || this.#proven !== undefined);
  }

  /** The certificate of a new server, which is remembered from this visit on. */
  get remembered(): Uint8Array | undefined {
    return this.#remembered;
  }

  /** The reason to refuse a certificate that nothing vouches for. */
  get refusal(): CloseReason {
    const { proof, known, mark } = this.#certificate ?? {};
    if (proof === undefined) return { code: 'unproven' };
    return {
      code: 'untrusted',
      what: 'certificate',
      expected: mark ?? known ?? proof.fingerprint,
      presented: proof.fingerprint,
      expectedBy: mark === undefined ? 'earlier-visit' : 'address',
    };
  }

  /** The identity that the server has proven on this connection. */
  get provenIdentity(): Uint8Array | undefined {
    return this.#proven;
  }

  /** The server has proven `identity` on this connection. Returns a reason if the connection must end. */
  async proven(identity: Uint8Array): Promise<CloseReason | undefined> {
    if (isOther(this.#identity, identity)) return anotherIdentity(this.#identity, identity);
    if (!(await this.#isMeant(identity))) return this.refusal;
    this.#proven = identity;
    return this.#isNew ? undefined : this.#keep();
  }

  /**
   * After a login, or when the person continues with this server: remembers it. Returns a reason if the connection must
   * end.
   */
  async met(): Promise<CloseReason | undefined> {
    return this.isToBeMet ? this.#keep() : undefined;
  }

  async #keep(): Promise<CloseReason | undefined> {
    const identity = this.#proven;
    try {
      if (this.#identity === undefined && identity !== undefined) {
        // Another login may have succeeded meanwhile.
        const known = await this.#servers.identityOf(this.#serverKey);
        if (isOther(known, identity)) return anotherIdentity(known, identity);
        await this.#servers.rememberIdentity(this.#serverKey, identity);
      }
      await this.#remember(identity);
      return undefined;
    } catch (error) {
      return storeFailed(error);
    }
  }

  /** Whether `identity` is the server that the address names. */
  async #isMeant(identity: Uint8Array): Promise<boolean> {
    const certificate = this.#certificate;
    if (certificate === undefined || certificate.isRight) return true;
    const { proof, mark, marked } = certificate;
    // Without a mark, the identity is that of earlier visits; otherwise this check would have refused before.
    if (mark === undefined) return this.#identity !== undefined;
    return isMarked(certificate, identity) || (await isVouchedFor(proof, marked));
  }

  async #remember(identity?: Uint8Array): Promise<void> {
    if (this.#certificate === undefined) return;
    const { proof, known } = this.#certificate;
    const { fingerprint, key } = proof;
    const isNew = !isSame(known, fingerprint) && this.#remembered === undefined;
    if (isNew) await this.#servers.remember(this.#serverKey, fingerprint);
    if (isNew && known === undefined) this.#remembered = fingerprint;
    const kept = await this.#servers.certificate(fingerprint);
    const holder = identity ?? kept?.identity;
    if (kept !== undefined && sameKept(kept, { key, identity: holder })) return;
    await this.#servers.rememberCertificate(fingerprint, { key, identity: holder });
  }
}

/** Whether a certificate needs no further proof. */
async function isExpected({
  proof,
  known,
  mark,
  marked,
  before,
  identity,
}: Omit<Certificate, 'isRight'> & Before): Promise<boolean> {
  const isKnown = isSame(known, proof.fingerprint);
  // A known identity must be proven for each new certificate, and for each new mark.
  if (identity !== undefined) {
    return isKnown && (mark === undefined || isMarked({ proof, mark, marked }, identity));
  }
  if (mark !== undefined) {
    return isSame(mark, proof.fingerprint) || isVouchedFor(proof, marked);
  }
  return known === undefined || isKnown || isVouchedFor(proof, before);
}

/**
 * Whether the mark of an address names this certificate or this identity, directly or through an earlier certificate.
 */
function isMarked(
  { proof, mark, marked }: Pick<Certificate, 'proof' | 'mark' | 'marked'>,
  identity: Uint8Array,
): boolean {
  return (
    isSame(mark, proof.fingerprint) || isSame(mark, identity) || isSame(marked?.identity, identity)
  );
}

/** Whether the certificate has the expected one's key, or an authority of this system issued it for that host name. */
async function isVouchedFor(
  proof: TlsProof,
  expected: KnownCertificate | undefined,
): Promise<boolean> {
  return isSame(expected?.key, proof.key) || (await proof.hasAuthority?.()) === true;
}

function sameKept(a: KnownCertificate, b: KnownCertificate): boolean {
  const isSameKey = b.key === undefined || isSame(a.key, b.key);
  return isSameKey && (b.identity === undefined || isSame(a.identity, b.identity));
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && equalBytes(a, b);
}

function isOther(known: Uint8Array | undefined, identity: Uint8Array): known is Uint8Array {
  return known !== undefined && !equalBytes(known, identity);
}

function anotherIdentity(expected: Uint8Array, presented: Uint8Array): CloseReason {
  return { code: 'untrusted', what: 'identity', expected, presented, expectedBy: 'earlier-visit' };
}

function storeFailed(error: unknown): CloseReason {
  const detail = error instanceof Error ? error.message : String(error);
  return { code: 'store-failed', failure: { code: 'EIO', detail } };
}
