// The extended login: a challenge, and the proof that the client holds the key of a device. Owns the open challenges,
// one per connection, each valid for one answer. Knows no accounts: the hub decides whose device it is and whether that
// person may log in. So the answer before the proof reveals nothing about who has an account.

import { randomBytes } from 'node:crypto';
import type { ConnectionId } from '../../hub/effects.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { invariant } from '../../lib/invariant.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import { loginTranscript, nonceBytes, type LoginTranscript } from '../../wire/extended/login.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import type { FatalCode } from '../../wire/replies.ts';
import type { Username } from '../../wire/text.ts';
import { isSignedBy } from './ed25519.ts';
import type { ServerIdentity } from './identity.ts';

/** Who proved to hold which device. */
export interface Proved {
  readonly username: Username;
  /** Base64url. */
  readonly device: string;
}

interface Challenge extends Proved {
  readonly transcript: Omit<LoginTranscript, 'role'>;
}

export class LoginHandler {
  readonly #identity: ServerIdentity;
  readonly #challenges = new Map<ConnectionId, Challenge>();

  constructor(identity: ServerIdentity) {
    this.#identity = identity;
  }

  /**
   * The challenge for a connection, with the server's own proof. Undefined if the connection has one already.
   * @param binding the channel binding of its transport
   */
  challenge(
    connection: ConnectionId,
    { user, device, nonce }: RequestOf<'EHLO'>,
    binding: Uint8Array,
  ): ExtendedEventOf<'CHALLENGE'> | undefined {
    if (this.#challenges.has(connection)) return undefined;
    const serverNonce = new Uint8Array(randomBytes(nonceBytes));
    const transcript = {
      server: this.#identity.publicKey,
      serverNonce,
      clientNonce: bytesOf(nonce),
      username: user,
      device: bytesOf(device),
      binding,
    };
    this.#challenges.set(connection, { username: user, device, transcript });
    const proof = this.#identity.sign(loginTranscript({ role: 'server', ...transcript }));
    return {
      verb: 'CHALLENGE',
      server: encodeBase64url(this.#identity.publicKey),
      nonce: encodeBase64url(serverNonce),
      proof: encodeBase64url(proof),
    };
  }

  /** Checks a connection's answer to its challenge. The challenge is used up, whatever the result. */
  prove(connection: ConnectionId, { signature }: RequestOf<'PROVE'>): Result<Proved, FatalCode> {
    const challenge = this.#challenges.get(connection);
    if (challenge === undefined) return err('login-out-of-order');
    this.#challenges.delete(connection);
    const { username, device, transcript } = challenge;
    const signed = loginTranscript({ role: 'device', ...transcript });
    return isSignedBy(transcript.device, signed, bytesOf(signature))
      ? ok({ username, device })
      : err('bad-signature');
  }

  /** The connection has ended. */
  forget(connection: ConnectionId): void {
    this.#challenges.delete(connection);
  }
}

function bytesOf(checked: string): Uint8Array {
  const bytes = decodeBase64url(checked);
  invariant(bytes, 'the schema of the request has checked it');
  return bytes;
}
