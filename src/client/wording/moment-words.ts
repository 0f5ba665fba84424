// Days and times of messages, in local time.

/** `HH:MM` of a moment, in local time. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** The day of a moment in local time, as a number that is the same all day. */
export function dayOf(at: number): number {
  const date = new Date(at);
  return (date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate();
}

/** `Monday, 23 November 2026` */
export function formatDay(at: number): string {
  const date = new Date(at);
  const day = dayNames[date.getDay()] ?? '';
  return `${day}, ${date.getDate()} ${monthNames[date.getMonth()] ?? ''} ${date.getFullYear()}`;
}

/** The day and the time of a moment: one of today without the day. */
export function formatMoment(at: number, now = Date.now()): string {
  const time = formatTime(at);
  return dayOf(at) === dayOf(now) ? time : `${time} on ${formatDay(at)}`;
}
