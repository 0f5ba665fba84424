// Who said something of a message, and where that is in the log. Owns the order of what was said: it is the same on every
// device.
import { compareBytes, encodeUtf8 } from '../../lib/bytes.ts';
import { parseUsername, type Username } from '../../wire/text.ts';

/** Who said it, and where that is in the log: when the server had it, and its number. */
export interface Saying {
  readonly by: Username;
  readonly at: number;
  readonly seq: number;
}

/**
 * The server's clock comes first: a log that was put back gives numbers a second time. What one account said at one
 * number is one thing; of two accounts, two devices may have been told different things.
 */
export function bySaying(one: Saying, other: Saying): number {
  return one.at - other.at || one.seq - other.seq || byName(one.by, other.by);
}

/** The same everywhere. */
export function byName(one: string, other: string): number {
  if (one === other) return 0;
  return compareBytes(encodeUtf8(one), encodeUtf8(other));
}

/** In the order of the log. Nearly always it comes last. */
export function inserted<T extends Saying>(all: readonly T[], one: T): readonly T[] {
  let at = all.length;
  for (; at > 0; at--) {
    const before = all[at - 1];
    if (before === undefined || bySaying(before, one) < 0) break;
  }
  return at === all.length ? [...all, one] : [...all.slice(0, at), one, ...all.slice(at)];
}

/** The first three values of a stored row. Throws a TypeError if they are none, as the others here do. */
export function sayingOf([by, at, seq]: readonly unknown[]): Saying {
  return { by: userOf(by), at: natural(at), seq: natural(seq) };
}

export function userOf(by: unknown): Username {
  const user = typeof by === 'string' ? parseUsername(by) : undefined;
  check(user !== undefined);
  return user as Username;
}

export function natural(value: unknown): number {
  check(typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
  return value as number;
}

export function listOf(value: unknown): readonly unknown[] {
  check(Array.isArray(value));
  return value as unknown[];
}

export function check(isTrue: boolean): void {
  if (!isTrue) throw new TypeError('nothing that was said of a message');
}
