// The extended login of one connection: EHLO, the check of the CHALLENGE, PROVE (wire/extended/login.ts).
// server-check.ts knows which server is expected. Knows nothing of what comes after, and sends nothing itself: it
// returns lines to send.

import { signWithDevice, isSignedBy } from '../../e2ee/device-signature.ts';
import type { Device } from '../../e2ee/device.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { invariant } from '../../lib/invariant.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import { canonicalInvite } from '../../wire/extended/invite-code.ts';
import { loginTranscript, nonceBytes } from '../../wire/extended/login.ts';
import { formatRequest } from '../../wire/extended/requests.ts';
import type { Username } from '../../wire/text.ts';
import type { CloseReason } from '../client-state.ts';
import type { RandomBytes, ServerProof } from '../ports.ts';
import type { ServerCheck } from './server-check.ts';

/** What a login to an account needs. */
export interface AccountWish {
  readonly suite: Suite;
  /** The device that owns the account or registers its name. */
  readonly device: Device;
  /** Whether private messages and files should come to this connection. */
  readonly takesPrivate: boolean;
  /** A one-time code, for servers that require one from new people. */
  readonly invite: string | undefined;
  /**
   * Whether this device has logged in to the account here before. Then no answer of a server makes the person a guest.
   */
  readonly isKnown?: boolean;
  /** The chain of the account as this device knows it, with itself in it; for a server that has lost it. */
  readonly chain?: (() => Promise<readonly string[] | undefined>) | undefined;
  /** That chain, after a server has refused the device. */
  readonly links?: readonly string[] | undefined;
  /** Links of the account's recovery key, which make this device one of the account. */
  readonly recovery?: readonly string[] | undefined;
  /** A function, because it changes from one login to the next. */
  readonly kept?: (() => KeptHere | Promise<KeptHere>) | undefined;
}

/** What a client may be able to do that not every one can. */
export type CanWord = 'sealed' | 'devices' | 'rooms' | 'signals' | 'roles';

/** The data for which the server reports losses at a login. */
export interface KeptHere {
  /** The stream in which this device numbers its messages. The server says how far it has it. */
  readonly stream: string;
  /** The runs of the server that this device was told last. The server says what it has lost since. */
  readonly runs: readonly number[];
  /** The start of this program, which is on the disk. */
  readonly start?: string | undefined;
  /** What this client can do, for servers that announce it too. Absent for nothing. */
  readonly can?: readonly CanWord[];
}

/** The parties of a challenge. */
export interface Asking {
  readonly username: Username;
  readonly suite: Suite;
  /** A public key. */
  readonly device: Uint8Array;
  readonly proof: ServerProof;
}

const nothing = new Uint8Array();

/** Asks a server for the proof of its identity, and checks it. */
export class ServerChallenge {
  readonly #asking: Asking;
  readonly #check: ServerCheck;
  readonly #nonce: Uint8Array;

  constructor(asking: Asking, check: ServerCheck, random: RandomBytes) {
    this.#asking = asking;
    this.#check = check;
    this.#nonce = random(nonceBytes);
  }

  /** The first line. */
  get hello(): string {
    const { username, device } = this.#asking;
    return formatRequest('EHLO', {
      user: username,
      device: encodeBase64url(device),
      nonce: encodeBase64url(this.#nonce),
    });
  }

  /** The transcript that the device must sign, or why nothing may be sent to this server. */
  async check(challenge: ExtendedEventOf<'CHALLENGE'>): Promise<Result<Uint8Array, CloseReason>> {
    const { username, suite, device, proof } = this.#asking;
    const identity = bytesOf(challenge.server);
    const said = {
      server: identity,
      serverNonce: bytesOf(challenge.nonce),
      clientNonce: this.#nonce,
      username,
      device,
      binding: proof.kind === 'tls' ? proof.binding : nothing,
    };
    const isProven = await isSignedBy(
      suite,
      identity,
      loginTranscript({ role: 'server', ...said }),
      bytesOf(challenge.proof),
    );
    if (!isProven) return err({ code: 'unproven' });
    const refusal = await this.#check.proven(identity);
    return refusal === undefined ? ok(loginTranscript({ role: 'device', ...said })) : err(refusal);
  }
}

/** The line that proves the device, after a checked challenge. `features`: what the server has announced. */
export async function proofLine(
  wish: AccountWish,
  transcript: Uint8Array,
  features: ReadonlySet<string>,
): Promise<string> {
  const signature = encodeBase64url(await signWithDevice(wish.suite, wish.device, transcript));
  const { invite, takesPrivate, links, recovery } = wish;
  const { stream, runs = [], can = [], start } = (await wish.kept?.()) ?? {};
  const both = can.filter((word) => features.has(word));
  return formatRequest('PROVE', {
    signature,
    private: takesPrivate,
    ...(invite !== undefined && { invite: canonicalInvite(invite) }),
    ...(stream !== undefined && { stream }),
    ...(runs.length > 0 && { runs: [...runs] }),
    ...(both.length > 0 && { can: both }),
    ...(start !== undefined && { start }),
    ...(links !== undefined && { links: [...links] }),
    ...(recovery !== undefined && { recovery: [...recovery] }),
  });
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64url(text);
  invariant(bytes !== undefined, 'the schema of a challenge lets only base64url through');
  return bytes;
}
