// Everything that later messages said of one message: edits, deletions, reactions. Adding to it is idempotent, and the
// result is the same in whatever order it came (the log's order stands in each), so that all devices agree. Knows nothing
// of the message, which may not be here yet: who may do what is judged when it is read (current.ts). Owns the form in
// which stores and pieces of history have it.
import { compareBytes, encodeUtf8 } from '../../lib/bytes.ts';
import { parseUsername, type Username } from '../../wire/text.ts';
import { isEmoji, type AmendmentContent } from './amendment-content.ts';
import type { Mention, MentioningText } from './said-content.ts';

/** Who said it, and where that is in the log: when the server had it, and its number. */
export interface Saying {
  readonly by: Username;
  readonly at: number;
  readonly seq: number;
}

export interface Edit extends Saying, MentioningText {}

export interface Deletion extends Saying {
  /** Whether an admin of the group has deleted it. */
  readonly asAdmin: boolean;
}

export interface Reaction extends Saying {
  readonly emoji: string;
  readonly isOn: boolean;
}

/** Each in the order of the log. */
export interface Amendments {
  readonly edits: readonly Edit[];
  readonly deletions: readonly Deletion[];
  /** Of each account, the last word about each emoji. */
  readonly reactions: readonly Reaction[];
}

/** One of them, as it comes. */
export type Amendment = Saying & {
  readonly content: AmendmentContent;
  readonly asAdmin: boolean;
};

/** Of one account to one message; the last ones are kept. */
export const maxEdits = 50;
/** Emoji of one account at one message, taken back or not; those of its last words are kept. */
export const maxOwnKinds = 20;
/** Accounts whose reactions to one message are kept; of more, the first by name. */
export const maxReacting = 10_000;

export const noAmendments: Amendments = { edits: [], deletions: [], reactions: [] };

export function amended(before: Amendments, amendment: Amendment): Amendments {
  const { content, asAdmin, by, at, seq } = amendment;
  const saying = { by, at, seq };
  switch (content.kind) {
    case 'edit': {
      const { text, mentions } = content;
      return withEdit(before, { ...saying, text, mentions });
    }
    case 'delete':
      return withDeletion(before, { ...saying, asAdmin });
    case 'react': {
      const { emoji, isOn } = content;
      return withReaction(before, { ...saying, emoji, isOn });
    }
  }
}

/** What either knows. */
export function mergedAmendments(one: Amendments, other: Amendments): Amendments {
  const edited = other.edits.reduce(withEdit, one);
  const { edits, deletions } = other.deletions.reduce(withDeletion, edited);
  return { edits, deletions, reactions: mergedReactions(one.reactions, other.reactions) };
}

/** Of what is deleted nothing remains but that. */
export function onlyDeletions({ deletions }: Amendments): Amendments {
  return { ...noAmendments, deletions };
}

function withEdit(before: Amendments, edit: Edit): Amendments {
  if (before.edits.some((one) => one.by === edit.by && compare(one, edit) === 0)) return before;
  const edits = inserted(before.edits, edit);
  const own = edits.filter(({ by }) => by === edit.by);
  const [oldest] = own;
  const kept = own.length > maxEdits ? edits.filter((one) => one !== oldest) : edits;
  return { ...before, edits: kept };
}

function withDeletion(before: Amendments, deletion: Deletion): Amendments {
  const isAlike = (one: Deletion) => one.by === deletion.by && one.asAdmin === deletion.asAdmin;
  const known = before.deletions.find(isAlike);
  if (known !== undefined && compare(known, deletion) <= 0) return before;
  const others = before.deletions.filter((one) => one !== known);
  return { ...before, deletions: inserted(others, deletion) };
}

function withReaction(before: Amendments, reaction: Reaction): Amendments {
  const { by, emoji } = reaction;
  const known = before.reactions.find((one) => one.by === by && one.emoji === emoji);
  if (known !== undefined && compare(known, reaction) >= 0) return before;
  const others = known ? before.reactions.filter((one) => one !== known) : before.reactions;
  const all = inserted(others, reaction);
  const own = all.filter((one) => one.by === by);
  const [oldest] = own;
  const reactions = own.length > maxOwnKinds ? all.filter((one) => one !== oldest) : all;
  return { ...before, reactions: withoutLastNames(reactions) };
}

/** The same for many at once. */
function mergedReactions(
  one: readonly Reaction[],
  other: readonly Reaction[],
): readonly Reaction[] {
  if (one.length === 0 || other.length === 0) return one.length === 0 ? other : one;
  const last = new Map<string, Reaction>();
  for (const reaction of [...one, ...other]) {
    const key = `${reaction.by} ${reaction.emoji}`;
    const known = last.get(key);
    if (known === undefined || compare(known, reaction) < 0) last.set(key, reaction);
  }
  const counts = new Map<string, number>();
  const kept = [...last.values()].sort(compare).reverse();
  const newest = kept.filter(({ by }) => {
    const count = (counts.get(by) ?? 0) + 1;
    counts.set(by, count);
    return count <= maxOwnKinds;
  });
  return withoutLastNames(newest.reverse());
}

function withoutLastNames(reactions: readonly Reaction[]): readonly Reaction[] {
  if (reactions.length <= maxReacting) return reactions;
  const names = [...new Set(reactions.map(({ by }) => by))];
  if (names.length <= maxReacting) return reactions;
  const kept = new Set(names.sort(byName).slice(0, maxReacting));
  return reactions.filter(({ by }) => kept.has(by));
}

/** The same everywhere. */
function byName(one: string, other: string): number {
  return compareBytes(encodeUtf8(one), encodeUtf8(other));
}

/** In the order of the log. Nearly always it comes last. */
function inserted<T extends Saying>(all: readonly T[], one: T): readonly T[] {
  let at = all.length;
  for (; at > 0; at--) {
    const before = all[at - 1];
    if (before === undefined || compare(before, one) < 0) break;
  }
  return at === all.length ? [...all, one] : [...all.slice(0, at), one, ...all.slice(at)];
}

/**
 * The server's clock comes first: a log that was put back gives numbers a second time. What one account said at one
 * number is one thing; of two accounts, two devices may have been told different things.
 */
function compare(one: Saying, other: Saying): number {
  return one.at - other.at || one.seq - other.seq || byName(one.by, other.by);
}

type StoredSaying = readonly [by: string, at: number, seq: number];
type StoredEdit = readonly [...StoredSaying, text: string, ...mentions: (string | number)[]];

/** As a text: `e`, `d` and `r` are there if there are any; reactions by emoji, with a 0 at those that were taken back. */
export function encodeAmendments({ edits, deletions, reactions }: Amendments): string {
  const byEmoji = new Map<string, (readonly (string | number)[])[]>();
  for (const { emoji, isOn, by, at, seq } of reactions) {
    const row = isOn ? [by, at, seq] : [by, at, seq, 0];
    const rows = byEmoji.get(emoji);
    if (rows === undefined) byEmoji.set(emoji, [row]);
    else rows.push(row);
  }
  return JSON.stringify({
    ...(edits.length > 0 && { e: edits.map(storedEdit) }),
    ...(deletions.length > 0 && {
      d: deletions.map(({ by, at, seq, asAdmin }) => [by, at, seq, Number(asAdmin)]),
    }),
    ...(byEmoji.size > 0 && { r: [...byEmoji] }),
  });
}

function storedEdit({ by, at, seq, text, mentions }: Edit): StoredEdit {
  return [
    by,
    at,
    seq,
    text,
    ...mentions.flatMap(({ root, offset, length }) => [root, offset, length]),
  ];
}

/** Undefined if it does not have that form. */
export function decodeAmendments(stored: string): Amendments | undefined {
  try {
    const { e = [], d = [], r = [] } = JSON.parse(stored) as Record<'e' | 'd' | 'r', unknown>;
    const reactions = listOf(r).flatMap((entry) => {
      const [emoji, rows] = listOf(entry);
      check(typeof emoji === 'string' && isEmoji(emoji));
      return listOf(rows).map((row) => {
        const [, , , on = 1] = listOf(row);
        return { ...sayingOf(listOf(row)), emoji: emoji as string, isOn: on !== 0 };
      });
    });
    return {
      edits: listOf(e).map((row) => editOf(listOf(row))),
      deletions: listOf(d).map((row) => {
        const [, , , asAdmin] = listOf(row);
        return { ...sayingOf(listOf(row)), asAdmin: asAdmin === 1 };
      }),
      reactions: reactions.sort(compare),
    };
  } catch {
    // Whatever is not of that form.
    return undefined;
  }
}

function editOf(row: readonly unknown[]): Edit {
  const [, , , text, ...places] = row;
  check(typeof text === 'string');
  const mentions: Mention[] = [];
  for (let at = 0; at < places.length; at += 3) {
    const [root, offset, length] = places.slice(at, at + 3);
    check(typeof root === 'string' && /^[0-9a-f]{32}$/.test(root));
    mentions.push({ root: root as string, offset: natural(offset), length: natural(length) });
  }
  return { ...sayingOf(row), text: text as string, mentions };
}

function sayingOf([by, at, seq]: readonly unknown[]): Saying {
  const user = typeof by === 'string' ? parseUsername(by) : undefined;
  check(user !== undefined);
  return { by: user as Username, at: natural(at), seq: natural(seq) };
}

function natural(value: unknown): number {
  check(typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
  return value as number;
}

function listOf(value: unknown): readonly unknown[] {
  check(Array.isArray(value));
  return value as unknown[];
}

function check(isTrue: boolean): void {
  if (!isTrue) throw new TypeError('no amendments');
}
