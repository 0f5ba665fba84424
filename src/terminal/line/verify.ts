// `/verify @user` shows the safety number, `/verify @user yes` says that it was the same on both sides.

import type { SafetyNumber } from '../../client/private/messenger.ts';
import { ok } from '../../lib/result.ts';
import { notice } from './printed-line.ts';
import type { Done, TypedActions } from './typed-actions.ts';

const numbersPerLine = 6;

/** Carries out `/verify` with the words behind it. */
export async function verify(words: readonly string[], actions: TypedActions): Promise<Done> {
  const [mention = '', answer, ...more] = words;
  if (!mention.startsWith('@') || more.length > 0) return 'malformed';
  const user = mention.slice(1);
  if (answer === undefined) return show(user, actions);
  return answer === 'yes' ? confirm(user, actions) : 'malformed';
}

async function show(user: string, { client, compared, print }: TypedActions): Promise<Done> {
  const number = await client.safetyNumber(user);
  if (!number.ok) return number;
  const { digits, isVerified } = number.value;
  compared.set(user, digits);
  print(notice(`safety number of you and ${user}. ${standingOf(number.value)}`));
  for (const row of numberRows(digits)) print(notice(`    ${row}`));
  if (!isVerified) {
    print(
      notice(
        `compare it with ${user} in a call or in person. If it is the same there: /verify @${user} yes`,
      ),
    );
  }
  return number;
}

async function confirm(user: string, { client, compared, print }: TypedActions): Promise<Done> {
  const digits = compared.get(user);
  if (digits === undefined) {
    print(notice(`first compare the number: /verify @${user}`));
    return ok(undefined);
  }
  const marked = await client.markVerified(user, digits);
  if (marked.ok) {
    compared.delete(user);
    print(notice(`${user} is verified: you will be warned should the key ever change`));
  }
  return marked;
}

/** How the key behind a safety number stands, in words. */
export function standingOf({ isVerified, isChanged }: SafetyNumber): string {
  if (isVerified) return 'You have verified it.';
  return isChanged ? 'THIS IS A CHANGED KEY.' : 'You have not verified it yet.';
}

/** The digits of a safety number in rows that are easy to read aloud. */
export function numberRows(digits: string): readonly string[] {
  const groups = digits.split(' ');
  const rows: string[] = [];
  for (let at = 0; at < groups.length; at += numbersPerLine) {
    rows.push(groups.slice(at, at + numbersPerLine).join(' '));
  }
  return rows;
}
