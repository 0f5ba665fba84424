// Comparing keys with a person over another channel: the number to compare, and the mark that it was compared.
import { equalBytes } from '../../../lib/bytes.ts';
import { ok, type Result } from '../../../lib/result.ts';
import { refuse, type Refusal } from '../../../e2ee/refusal.ts';
import { safetyNumber } from '../../../e2ee/safety-number.ts';
import type { Device } from '../../../e2ee/device.ts';
import type { Suite } from '../../../e2ee/suite.ts';
import type { TrustBook } from './trust-book.ts';
import type { Trust } from './trust.ts';

/** This side of the comparison. */
export interface OwnIdentity {
  readonly suite: Suite;
  readonly me: string;
  readonly device: Device;
  readonly trusts: Pick<TrustBook, 'ownRoot'>;
}

export interface SafetyNumber {
  /** Twelve groups of five digits, the same on both sides. */
  readonly digits: string;
  /** Whether these digits were compared before, and the key is still the same. */
  readonly isVerified: boolean;
  /** Whether the number is for a changed key, which waits for `trust`, `distrust` or `markVerified`. */
  readonly isChanged: boolean;
}

/** The safety number of the key in question of `user`. */
export async function numberOf(
  self: OwnIdentity,
  user: string,
  trust: Trust,
): Promise<Result<SafetyNumber, Refusal<'no-key'>>> {
  // What is compared is the root, which may be known by a later device only so far.
  await trust.refresh();
  const inQuestion = await trust.keyInQuestion();
  const pin = await trust.pin();
  if (inQuestion === undefined || pin === undefined) {
    return refuse('no-key', `no key of ${user} is known yet: exchange a message first`);
  }
  const mine = { user: self.me, key: (await self.trusts.ownRoot()) ?? self.device.publicKey };
  const digits = await safetyNumber(self.suite, mine, { user, key: inQuestion.key });
  const isChanged = !equalBytes(inQuestion.key, pin.key);
  return ok({ digits, isVerified: inQuestion.verified, isChanged });
}

/** Marks the key in question as compared, if `digits` are still its own. */
export async function markCompared(
  self: OwnIdentity,
  user: string,
  trust: Trust,
  digits: string,
): Promise<Result<undefined, Refusal<'no-key' | 'other-key'>>> {
  const number = await numberOf(self, user, trust);
  if (!number.ok) return number;
  if (number.value.digits !== digits) {
    return refuse('other-key', 'the key is another one by now: compare again');
  }
  await trust.accept(true);
  return ok(undefined);
}
