// The reactions to a message. A store keeps those of each account apart: a reaction then reads and writes a few, however
// many others there are. Adding one is idempotent, and the result is the same in whatever order they came. Knows nothing
// of the message.
import type { Username } from '../../wire/text.ts';
import { isEmoji } from './amendment-content.ts';
import {
  byName,
  bySaying,
  check,
  inserted,
  listOf,
  natural,
  userOf,
  type Saying,
} from './saying.ts';

export interface Reaction extends Saying {
  readonly emoji: string;
  readonly isOn: boolean;
}

/** Emoji of one account at one message, taken back or not; those of its last words are kept. */
export const maxOwnKinds = 20;
/** Accounts whose reactions to one message are read; of more, the first by name. */
export const maxReacting = 10_000;

/** What one account gave one message: its last word about each emoji, in the order of the log. */
export function withOwnReaction(
  before: readonly Reaction[],
  reaction: Reaction,
): readonly Reaction[] {
  const known = before.find(({ emoji }) => emoji === reaction.emoji);
  if (known !== undefined && bySaying(known, reaction) >= 0) return before;
  const others = known ? before.filter((one) => one !== known) : before;
  const all = inserted(others, reaction);
  const kept = all.slice(-maxOwnKinds);
  return kept.includes(reaction) ? kept : before;
}

/** All of a message, from what is kept of each account, in the order of the log. */
export function gathered(kept: readonly (readonly Reaction[])[]): readonly Reaction[] {
  return withoutLastNames(kept.flat().sort(bySaying));
}

/** The opposite: by account. */
export function apart(reactions: readonly Reaction[]): ReadonlyMap<string, readonly Reaction[]> {
  const all = new Map<string, Reaction[]>();
  for (const reaction of reactions) {
    const own = all.get(reaction.by);
    if (own === undefined) all.set(reaction.by, [reaction]);
    else own.push(reaction);
  }
  return all;
}

/** What either knows, each in the order of the log. */
export function mergedReactions(
  one: readonly Reaction[],
  other: readonly Reaction[],
): readonly Reaction[] {
  if (one.length === 0 || other.length === 0) return one.length === 0 ? other : one;
  const all = new Map(apart(one));
  for (const [by, own] of apart(other)) all.set(by, own.reduce(withOwnReaction, all.get(by) ?? []));
  return gathered([...all.values()]);
}

function withoutLastNames(reactions: readonly Reaction[]): readonly Reaction[] {
  if (reactions.length <= maxReacting) return reactions;
  const names = [...new Set(reactions.map(({ by }) => by))];
  if (names.length <= maxReacting) return reactions;
  const kept = new Set(names.sort(byName).slice(0, maxReacting));
  return reactions.filter(({ by }) => kept.has(by));
}

/** Undefined if `stored`, from JSON, does not have that form. There may be ten thousand: nothing is made but the result. */
export function ownReactionsOf(by: unknown, stored: unknown): readonly Reaction[] | undefined {
  try {
    const user = userOf(by);
    return listOf(stored).map((row) => reactionIn(user, listOf(row)));
  } catch {
    // Whatever is not of that form.
    return undefined;
  }
}

function reactionIn(by: Username, row: readonly unknown[]): Reaction {
  const emoji = row[0];
  check(typeof emoji === 'string' && isEmoji(emoji));
  return {
    by,
    at: natural(row[1]),
    seq: natural(row[2]),
    emoji: emoji as string,
    isOn: row[3] !== 0,
  };
}
