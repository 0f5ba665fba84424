// A moment as a person writes it: `2026-11-01`, `2026-11-01 14:30`, `yesterday`, `monday`, `14:30`, `2h`. In local time; what
// could be before or after now is before.

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const dayMs = 24 * 60 * 60_000;
const spans: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 60 * 60_000,
  d: dayMs,
  w: 7 * dayMs,
};

/** The forms, for people. */
export const momentForms = '2026-11-01, 2026-11-01 14:30, yesterday, monday, 14:30 or 2h';

/** Milliseconds since 1970, or undefined if `typed` is none of these forms. */
export function parseMoment(typed: string, now: number): number | undefined {
  const text = typed.trim().toLowerCase();
  const [, amount, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (spans[unit] ?? 0);
  const [, day = '', time] =
    /^(?:(\d{4}-\d{2}-\d{2}|[a-z]+))?(?:(?:^|[t ] *)(\d{1,2}:\d{2}))?$/.exec(text) ?? [];
  if (day === '' && time === undefined) return undefined;
  const minutes = time === undefined ? 0 : minutesOf(time);
  const start = day === '' ? startOfDay(now, 0) : startOf(day, now);
  if (start === undefined || minutes === undefined) return undefined;
  const at = withMinutes(start, minutes);
  // A time alone that is still to come was yesterday's.
  return day === '' && at > now ? withMinutes(startOfDay(now, -1), minutes) : at;
}

function minutesOf(time: string): number | undefined {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : undefined;
}

function withMinutes(start: number, minutes: number): number {
  const date = new Date(start);
  date.setHours(0, minutes);
  return date.getTime();
}

function startOfDay(now: number, offset: number): number {
  const date = new Date(now);
  date.setHours(0, 0, 0, 0);
  date.setDate(date.getDate() + offset);
  return date.getTime();
}

function startOf(day: string, now: number): number | undefined {
  if (day === 'today') return startOfDay(now, 0);
  if (day === 'yesterday') return startOfDay(now, -1);
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  if (year !== undefined) {
    const made = new Date(Number(year), Number(month) - 1, Number(date));
    const isReal = made.getMonth() === Number(month) - 1 && made.getDate() === Number(date);
    return isReal && Number(year) >= 1970 ? made.getTime() : undefined;
  }
  const named = days.findIndex((one) => one === day || one.slice(0, 3) === day);
  if (named < 0) return undefined;
  const back = (new Date(now).getDay() - named + 7) % 7;
  return startOfDay(now, -back);
}
