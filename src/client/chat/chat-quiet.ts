// What a program says of a person's quiet: who is ignored, what of a conversation calls for them, and when nothing does. It
// is for people's programs, on all devices of the account: what a program on the library gets stays the same.
import * as v from 'valibot';
import type { QuietWish } from '../account/own/quiet/quiet-hours.ts';
import { notifyRules, type NotifyRule, type Quiet } from '../account/own/quiet/quiet.ts';
import { refuseCommand } from '../command-refusal.ts';
import { hoursWords } from '../wording/muted-words.ts';
import { parseUsername } from '../../wire/text.ts';
import { clockHours, given, oneOf, placeOf, text, untilMoment } from './chat-arguments.ts';
import { ChatError } from './chat-error.ts';

/** When a person is not to be disturbed. */
export interface QuietTime {
  /** Milliseconds since 1970; Infinity: without an end, 0: not. */
  readonly until?: number | undefined;
  /** From and to, `22:00` and `08:00`, by each device's clock. */
  readonly daily?: readonly [from: string, to: string] | null | undefined;
}

/** How that is now. */
export interface QuietNow {
  /** 0 where nothing holds at the moment. */
  readonly until: number;
  readonly daily: readonly [from: string, to: string] | null;
}

const quietTime = v.object(
  { until: v.optional(untilMoment), daily: v.optional(v.nullable(clockHours)) },
  'must be an object',
);

/** Resolves to whether it holds on all devices, or as long as this program runs: of guests nothing is kept. */
export async function ignore(
  quiet: Quiet,
  me: string,
  name: string,
  isOn: boolean,
): Promise<'kept' | 'for-now'> {
  const user = parseUsername(given(text, name, 'name'));
  if (user === undefined) throw refused('not-a-username');
  if (user.toLowerCase() === me.toLowerCase()) throw refused('to-yourself');
  const done = await quiet.ignore(user, isOn);
  if (done === 'full')
    throw new ChatError('too-many', 'as many people are ignored as can be remembered');
  if (done === 'failed') throw notKept();
  return done;
}

export async function setRule(
  quiet: Quiet,
  place: string,
  rule: NotifyRule | 'default',
): Promise<void> {
  const where = placeOf(place);
  const wanted = given(oneOf([...notifyRules, 'default']), rule, 'rule');
  if (!(await quiet.setRule(where, wanted === 'default' ? undefined : wanted))) throw notKept();
}

export async function setQuietTime(quiet: Quiet, time: QuietTime): Promise<void> {
  const { until, daily } = given(quietTime, time, 'time');
  const before = quiet.quietWish;
  const wish: QuietWish = {
    until: until === undefined ? before.until : until === Infinity ? null : until,
    daily: daily === undefined ? before.daily : daily,
  };
  if (!(await quiet.wishQuiet(wish))) throw notKept();
}

export function quietTimeOf(quiet: Quiet): QuietNow {
  const { daily } = quiet.quietWish;
  const [from = '', to = ''] = daily === null ? [] : hoursWords(daily).split('-');
  return { until: quiet.quietUntil ?? 0, daily: daily && [from, to] };
}

function refused(why: 'not-a-username' | 'to-yourself'): ChatError {
  const { code, hint } = refuseCommand(why).error;
  return new ChatError(code, hint);
}

function notKept(): ChatError {
  return new ChatError('store-failed', 'that could not be kept');
}
