// The extended login of one connection: EHLO, the check of the CHALLENGE, PROVE (wire/extended/login.ts). Owns who
// the server has to be: its identity is pinned at the first visit, beside the certificate. Knows nothing of what
// comes after, and sends nothing itself: it gives lines to send.

import { signWithDevice, isSignedBy } from '../../e2ee/device-signature.ts';
import type { Device } from '../../e2ee/device.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { invariant } from '../../lib/invariant.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import { loginTranscript, nonceBytes } from '../../wire/extended/login.ts';
import { formatRequest } from '../../wire/extended/requests.ts';
import type { Username } from '../../wire/text.ts';
import type { CloseReason } from '../client-state.ts';
import type { KnownServers, RandomBytes, ServerProof } from '../ports.ts';

/** What it takes to log in to an account. */
export interface AccountWish {
  readonly suite: Suite;
  /** Holds the account, or claims its name. */
  readonly device: Device;
  /** Whether private messages and files are to come to this connection. */
  readonly takesPrivate: boolean;
  /** A one-time code, for servers that ask newcomers for one. */
  readonly invite: string | undefined;
  /** The stream that this device numbers its messages in: the server says how far it has it. */
  readonly stream?: string | undefined;
}

export interface AccountLoginPorts {
  readonly random: RandomBytes;
  readonly knownServers: KnownServers;
}

export interface AccountLoginOptions {
  readonly username: Username;
  readonly serverKey: string;
  readonly wish: AccountWish;
  readonly proof: ServerProof;
  /** The person has just vouched for this server's new certificate: then its identity may be new too. */
  readonly isVouchedFor: boolean;
}

const nothing = new Uint8Array();

export class AccountLogin {
  readonly #options: AccountLoginOptions;
  readonly #ports: AccountLoginPorts;
  readonly #nonce: Uint8Array;

  constructor(options: AccountLoginOptions, ports: AccountLoginPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#nonce = ports.random(nonceBytes);
  }

  /** The first line. */
  get hello(): string {
    const { username, wish } = this.#options;
    return formatRequest('EHLO', {
      user: username,
      device: encodeBase64url(wish.device.publicKey),
      nonce: encodeBase64url(this.#nonce),
    });
  }

  /** The line that answers the challenge, or why nothing is said to this server. */
  async answer(challenge: ExtendedEventOf<'CHALLENGE'>): Promise<Result<string, CloseReason>> {
    const { username, wish, proof } = this.#options;
    const identity = bytesOf(challenge.server);
    const said = {
      server: identity,
      serverNonce: bytesOf(challenge.nonce),
      clientNonce: this.#nonce,
      username,
      device: wish.device.publicKey,
      binding: proof.kind === 'tls' ? proof.binding : nothing,
    };
    const isProven = await isSignedBy(
      wish.suite,
      identity,
      loginTranscript({ role: 'server', ...said }),
      bytesOf(challenge.proof),
    );
    if (!isProven) return err({ code: 'unproven' });
    const refusal = await this.#identify(identity);
    if (refusal !== undefined) return err(refusal);
    const transcript = loginTranscript({ role: 'device', ...said });
    const signature = encodeBase64url(await signWithDevice(wish.suite, wish.device, transcript));
    const { invite, takesPrivate, stream } = wish;
    return ok(
      formatRequest('PROVE', {
        signature,
        private: takesPrivate,
        ...(invite !== undefined && { invite }),
        ...(stream !== undefined && { stream }),
      }),
    );
  }

  /** The reason to turn away from the holder of `identity`, or undefined where it is the one that is known, or the first. */
  async #identify(identity: Uint8Array): Promise<CloseReason | undefined> {
    const { serverKey, isVouchedFor } = this.#options;
    const { knownServers } = this.#ports;
    const found = await identityKnownAt(serverKey, this.#ports);
    if (!found.ok) return found.error;
    const known = found.value;
    if (known !== undefined && equalBytes(known, identity)) return undefined;
    if (known !== undefined && !isVouchedFor) {
      return {
        code: 'untrusted',
        what: 'identity',
        expected: known,
        presented: identity,
        expectedBy: 'earlier-visit',
      };
    }
    try {
      await knownServers.rememberIdentity(serverKey, identity);
      return undefined;
    } catch (error) {
      return storeFailed(error);
    }
  }
}

/** The identity that a server had at an earlier visit, if any; or that this can't be told. */
export async function identityKnownAt(
  serverKey: string,
  { knownServers }: Pick<AccountLoginPorts, 'knownServers'>,
): Promise<Result<Uint8Array | undefined, CloseReason>> {
  try {
    return ok(await knownServers.identityOf(serverKey));
  } catch (error) {
    return err(storeFailed(error));
  }
}

function storeFailed(error: unknown): CloseReason {
  const detail = error instanceof Error ? error.message : String(error);
  return { code: 'store-failed', failure: { code: 'EIO', detail } };
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64url(text);
  invariant(bytes !== undefined, 'the schema of a challenge lets only base64url through');
  return bytes;
}
