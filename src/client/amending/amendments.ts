// Everything that later messages said of one message: edits, deletions, reactions, pins. Adding to it is idempotent, and the
// result is the same in whatever order it came (the log's order stands in each), so that all devices agree. Knows nothing
// of the message, which may not be here yet: who may do what is judged when it is read (current.ts). Owns how they are read
// from the form in which stores and pieces of history have them.
import { isEmoji, type AmendmentContent } from './amendment-content.ts';
import { mergedReactions, type Reaction } from './reactions.ts';
import type { Mention, MentioningText } from './said-content.ts';
import { bySaying, check, inserted, listOf, natural, sayingOf, type Saying } from './saying.ts';

export interface Edit extends Saying, MentioningText {}

export interface Deletion extends Saying {
  /** Whether an admin of the group has deleted it. */
  readonly asAdmin: boolean;
}

/** Whether a message is pinned, as somebody said who may. */
export interface PinWord extends Saying {
  readonly isOn: boolean;
}

/** Each in the order of the log. */
export interface Amendments {
  readonly edits: readonly Edit[];
  readonly deletions: readonly Deletion[];
  /** Of each account, the last word about each emoji. */
  readonly reactions: readonly Reaction[];
  /** The last word about it. */
  readonly pin: PinWord | undefined;
}

/** One of them, as it comes. */
export type Amendment = Saying & {
  readonly content: AmendmentContent;
  readonly asAdmin: boolean;
};

/** Of one account to one message; the last ones are kept. */
export const maxEdits = 50;
/** In one conversation. */
export const maxPins = 100;

export const noAmendments: Amendments = {
  edits: [],
  deletions: [],
  reactions: [],
  pin: undefined,
};

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
      const reactions = mergedReactions(before.reactions, [{ ...saying, emoji, isOn }]);
      return { ...before, reactions };
    }
    case 'pin': {
      const pin = laterPin(before.pin, { ...saying, isOn: content.isOn });
      return pin === before.pin ? before : { ...before, pin };
    }
  }
}

/** What either knows. */
export function mergedAmendments(one: Amendments, other: Amendments): Amendments {
  const edited = other.edits.reduce(withEdit, one);
  const { edits, deletions } = other.deletions.reduce(withDeletion, edited);
  const reactions = mergedReactions(one.reactions, other.reactions);
  return { edits, deletions, reactions, pin: laterPin(one.pin, other.pin) };
}

function laterPin(one: PinWord | undefined, other: PinWord | undefined): PinWord | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return bySaying(one, other) < 0 ? other : one;
}

/** All but reactions, which stores keep apart. Undefined if nothing else was said. */
export function besideReactions(all: Amendments): Amendments | undefined {
  const { edits, deletions, pin } = all;
  if (edits.length + deletions.length === 0 && pin === undefined) return undefined;
  return { ...all, reactions: [] };
}

/** Of what is deleted nothing remains but that. */
export function onlyDeletions({ deletions }: Amendments): Amendments {
  return { ...noAmendments, deletions };
}

function withEdit(before: Amendments, edit: Edit): Amendments {
  if (before.edits.some((one) => one.by === edit.by && bySaying(one, edit) === 0)) return before;
  const edits = inserted(before.edits, edit);
  const own = edits.filter(({ by }) => by === edit.by);
  const [oldest] = own;
  const kept = own.length > maxEdits ? edits.filter((one) => one !== oldest) : edits;
  return withoutVoid({ ...before, edits: kept });
}

function withDeletion(before: Amendments, deletion: Deletion): Amendments {
  const isAlike = (one: Deletion) => one.by === deletion.by && one.asAdmin === deletion.asAdmin;
  const known = before.deletions.find(isAlike);
  if (known !== undefined && bySaying(known, deletion) <= 0) return before;
  const others = before.deletions.filter((one) => one !== known);
  return withoutVoid({ ...before, deletions: inserted(others, deletion) });
}

/**
 * Without the edits of accounts that deleted the same message: whoever said that, has deleted it; anybody else could not
 * edit it. So nothing of them is kept where the message never comes.
 */
function withoutVoid(all: Amendments): Amendments {
  const { edits, deletions } = all;
  const isVoid = ({ by }: Edit) => deletions.some((one) => one.asAdmin || one.by === by);
  return edits.some(isVoid) ? { ...all, edits: edits.filter((edit) => !isVoid(edit)) } : all;
}

/** The opposite of `encodeAmendments` (encode-amendments.ts). Undefined if it does not have that form. */
export function decodeAmendments(stored: string): Amendments | undefined {
  try {
    const { e = [], d = [], r = [], p, u } = JSON.parse(stored) as Partial<Record<string, unknown>>;
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
      reactions: reactions.sort(bySaying),
      pin: pinOf(p, true) ?? pinOf(u, false),
    };
  } catch {
    // Whatever is not of that form.
    return undefined;
  }
}

function pinOf(row: unknown, isOn: boolean): PinWord | undefined {
  return row === undefined ? undefined : { ...sayingOf(listOf(row)), isOn };
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
