// Messages that the server has but cannot return, because its disk has damaged them: which of a page they are, and
// the text for them. Their numbers count as used, so that nobody asks for them again.

import type { ExtendedEventOf } from '../../../wire/extended/events.ts';

type Said = ExtendedEventOf<'MSG'>;

/** Numbers of a log, `first` to `last`. */
export interface DamagedRange {
  readonly verb: 'damage';
  readonly first: number;
  readonly last: number;
  /** The time of a neighbouring message, if there is one. */
  readonly at: number | undefined;
}

/** A piece of a page. */
export type PageItem = Said | DamagedRange;

/** The damaged numbers between `after` and `before`, ascending, without those in `here`. */
export function damageBetween(
  damaged: ExtendedEventOf<'HISTORY_END'>['damaged'],
  { after, before }: { readonly after: number; readonly before: number },
  here: readonly number[],
): DamagedRange[] {
  const rising = [...here].sort((one, other) => one - other);
  const parts: DamagedRange[] = [];
  let next = after + 1;
  for (const [from, to] of [...(damaged ?? [])].sort(([one], [other]) => one - other)) {
    const last = Math.min(to, before - 1);
    next = Math.max(next, from);
    for (const number of rising) {
      if (number < next || number > last) continue;
      if (next < number)
        parts.push({ verb: 'damage', first: next, last: number - 1, at: undefined });
      next = number + 1;
    }
    if (next <= last) parts.push({ verb: 'damage', first: next, last, at: undefined });
    next = Math.max(next, last + 1);
  }
  return parts;
}

/** The messages of a page and the damaged ranges between them, by their numbers. */
export function inOrder(messages: readonly Said[], damage: readonly DamagedRange[]): PageItem[] {
  if (damage.length === 0) return [...messages];
  const pieces = [...messages, ...damage].sort((one, other) => firstOf(one) - firstOf(other));
  return pieces.map((piece, index) => {
    if (piece.verb === 'MSG') return piece;
    const before = pieces.slice(0, index).findLast(({ verb }) => verb === 'MSG');
    return { ...piece, at: (before ?? pieces.slice(index).find(({ verb }) => verb === 'MSG'))?.at };
  });
}

/** The last number of a piece. */
export function endOf(piece: PageItem): number | undefined {
  return piece.verb === 'MSG' ? piece.seq : piece.last;
}

/** `where`: as in "in the lobby". Numbers of a log have gaps, so there may be fewer messages than numbers. */
export function damageWords({ first, last }: DamagedRange, where = ''): string {
  return lossWords(last - first + 1, where);
}

/** The same for at most `count` messages, and what is done about them. */
export function lossWords(count: number, where: string, isAsked?: boolean): string {
  const [what, them] = count === 1 ? ['a message', 'it'] : [`up to ${count} messages`, 'them'];
  const lost = `${what}${where} cannot be read any more: the server's disk has damaged ${them}`;
  if (isAsked === undefined) return lost;
  const they = count === 1 ? 'it is' : 'they are';
  return `${lost}; ${isAsked ? `${they} asked for again` : `ask for ${them} to be sent again`}`;
}

function firstOf(piece: PageItem): number {
  return piece.verb === 'MSG' ? (piece.seq ?? 0) : piece.first;
}
