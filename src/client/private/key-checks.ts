// Comparing keys with a person over another way: the number to compare, and the word that it was compared.
import { equalBytes } from '../../lib/bytes.ts';
import { ok, type Result } from '../../lib/result.ts';
import { refuse, type Refusal } from '../../e2ee/refusal.ts';
import { safetyNumber } from '../../e2ee/safety-number.ts';
import type { Conversation } from './conversation.ts';
import type { Desk } from './desk.ts';

export interface SafetyNumber {
  /** Twelve groups of five digits, the same on both sides. */
  readonly digits: string;
  /** These digits were compared before, and the key is still the same. */
  readonly isVerified: boolean;
  /** The number is of a changed key, which waits for `trust`, `distrust` or `markVerified`. */
  readonly isChanged: boolean;
}

/** The safety number of the key in question of a conversation. */
export async function numberOf(
  desk: Desk,
  conversation: Conversation,
): Promise<Result<SafetyNumber, Refusal<'no-key'>>> {
  const { trust, user } = conversation;
  const inQuestion = await trust.keyInQuestion();
  const pin = await trust.pin();
  if (inQuestion === undefined || pin === undefined) {
    return refuse('no-key', `no key of ${user} is known yet: exchange a message first`);
  }
  const mine = { user: desk.me, key: desk.device.publicKey };
  const digits = await safetyNumber(desk.suite, mine, { user, key: inQuestion.key });
  const isChanged = !equalBytes(inQuestion.key, pin.key);
  return ok({ digits, isVerified: inQuestion.verified, isChanged });
}

/** Marks the key in question as compared, if `digits` are still those of it. */
export async function markCompared(
  desk: Desk,
  conversation: Conversation,
  digits: string,
): Promise<Result<undefined, Refusal<'no-key' | 'other-key'>>> {
  const number = await numberOf(desk, conversation);
  if (!number.ok) return number;
  if (number.value.digits !== digits) {
    return refuse('other-key', 'the key is another one by now: compare again');
  }
  await conversation.trust.accept(true);
  await conversation.decided();
  return ok(undefined);
}
