// The answer to a key request [7.5]: a key package of the requested person, or the reason, as an event's code, why
// texts cannot be encrypted for them.
import { decodeBase64url } from '../../../lib/base64url.ts';
import { err, type Result } from '../../../lib/result.ts';
import { readKeyPackage, type PeerKeyPackage } from '../../../e2ee/key-package.ts';
import type { MessengerContext } from './messenger-context.ts';
import type { CannotEncryptReason } from './events.ts';

export interface CannotEncrypt {
  readonly reason: CannotEncryptReason;
  readonly detail: string;
}

/** The key package that `user` answered with. */
export async function readKeyAnswer(
  requests: MessengerContext,
  user: string,
  token: string,
): Promise<Result<PeerKeyPackage, CannotEncrypt>> {
  const bytes = decodeBase64url(token);
  if (bytes === undefined) {
    return err({ reason: 'no-key-package', detail: 'the key is of another kind of client' });
  }
  const read = await readKeyPackage(requests.suite, bytes, user, requests.now());
  if (read.ok) return read;
  const { code, reason: detail } = read.error;
  const isForeign = code === 'malformed' || code === 'wrong-kind';
  return err({ reason: isForeign ? 'no-key-package' : 'key-refused', detail });
}
