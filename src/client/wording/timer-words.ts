// Messages that disappear, in words.
import type { ExpirySeconds } from '../../wire/expiry.ts';
import { formatDay, formatTime } from './moment-words.ts';

/** What is typed, in the order in which it is offered. */
export const timerWords = {
  off: 0,
  '1h': 3_600,
  '1d': 86_400,
  '7d': 604_800,
  '30d': 2_592_000,
} as const;

export type TimerWord = keyof typeof timerWords;

const amounts: Readonly<Record<ExpirySeconds, string>> = {
  3_600: '1 hour',
  86_400: '1 day',
  604_800: '7 days',
  2_592_000: '30 days',
};

/** `1 day` */
export function timeWords(seconds: ExpirySeconds): string {
  return amounts[seconds];
}

/** What a message that sets the timer says, behind the name of its sender. */
export function timerLine(seconds: ExpirySeconds | 0): string {
  return seconds === 0
    ? '(what is said here stays, from now on)'
    : `(what is said here disappears ${timeWords(seconds)} after it was read, from now on)`;
}

/** `1 day` beside the name of a conversation; undefined where nothing disappears. */
export function timerMark(seconds: ExpirySeconds | 0 | undefined): string | undefined {
  return seconds === undefined || seconds === 0
    ? undefined
    : `disappears after ${timeWords(seconds)}`;
}

/** Of a message: when it disappears. */
export function endWords(expiresAt: number): string {
  return `disappears ${formatDay(expiresAt)} ${formatTime(expiresAt)}`;
}
