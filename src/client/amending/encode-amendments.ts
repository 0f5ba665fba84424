// The form in which stores and pieces of history have what was said of a message. Whoever only reads needs none of this
// (amendments.ts, reactions.ts).
import type { Amendments, Edit, PinWord } from './amendments.ts';
import type { Reaction } from './reactions.ts';

type StoredSaying = readonly [by: string, at: number, seq: number];
type StoredEdit = readonly [...StoredSaying, text: string, ...mentions: (string | number)[]];

/**
 * As a text: `e`, `d` and `r` are there if there are any; reactions by emoji, with a 0 at those that were taken back. `p`:
 * it is pinned, which stores look for; `u`: it is not any more.
 */
export function encodeAmendments({ edits, deletions, reactions, pin }: Amendments): string {
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
    ...(pin !== undefined && { [pin.isOn ? 'p' : 'u']: storedPin(pin) }),
  });
}

function storedPin({ by, at, seq }: PinWord): StoredSaying {
  return [by, at, seq];
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

/** Those of one account, as a text: emoji, time, number, and whether it was given or taken back. */
export function encodeOwnReactions(own: readonly Reaction[]): string {
  return JSON.stringify(own.map(({ emoji, at, seq, isOn }) => [emoji, at, seq, Number(isOn)]));
}
