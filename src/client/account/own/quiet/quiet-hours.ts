// When a person does not want to be disturbed: until a moment, and at hours of each day, by the clock here. Pure. A clock that
// jumps decides nothing for good: what holds is asked anew each time.

/** Minutes since midnight. */
export type DayHours = readonly [from: number, to: number];

export interface QuietWish {
  /** Milliseconds since 1970; null without an end, 0 for not. */
  readonly until: number | null;
  readonly daily: DayHours | null;
}

export const minutesOfDay = 24 * 60;

/** Until when it is quiet at `now`: Infinity without an end, undefined if it is not. */
export function quietUntil({ until, daily }: QuietWish, now: number): number | undefined {
  if (until === null) return Infinity;
  const ends = [until, ...(daily === null ? [] : hoursAround(daily, now).flatMap(endIfIn(now)))];
  const last = Math.max(...ends);
  return last > now ? last : undefined;
}

/** When that is to be asked anew: the end, or the beginning of the next hours. Undefined: never. */
export function nextTurn(wish: QuietWish, now: number): number | undefined {
  const until = quietUntil(wish, now);
  if (until !== undefined) return until === Infinity ? undefined : until;
  if (wish.daily === null) return undefined;
  return Math.min(...hoursAround(wish.daily, now).flatMap(([from]) => (from > now ? [from] : [])));
}

/** The next time that a clock here shows so many minutes since midnight. */
export function nextAt(minutes: number, now: number): number {
  const today = onDay(now, 0, minutes);
  return today > now ? today : onDay(now, 1, minutes);
}

type Span = readonly [from: number, to: number];

/** Of yesterday, today and tomorrow: as moments. */
function hoursAround([from, to]: DayHours, now: number): readonly Span[] {
  return [-1, 0, 1].map(
    (day) => [onDay(now, day, from), onDay(now, day + (to <= from ? 1 : 0), to)] as const,
  );
}

function endIfIn(now: number): (span: Span) => readonly number[] {
  return ([from, to]) => (from <= now && now < to ? [to] : []);
}

function onDay(now: number, days: number, minutes: number): number {
  const day = new Date(now);
  return new Date(
    day.getFullYear(),
    day.getMonth(),
    day.getDate() + days,
    Math.floor(minutes / 60),
    minutes % 60,
  ).getTime();
}
