// `/ignore`, `/notify` and `/dnd` in words. The same for line mode, the full screen and the page.

import { nextAt, type QuietWish } from '../account/own/quiet/quiet-hours.ts';
import type { NotifyRule } from '../account/own/quiet/quiet.ts';
import type { ChatClient } from '../chat-client.ts';
import type { Verdict } from '../commands/actions.ts';
import { err, ok } from '../../lib/result.ts';
import { formatPlace, parsePlace } from '../../wire/extended/names.ts';
import { parseUsername } from '../../wire/text.ts';
import { hoursWords, quietWords, ruleWords } from './muted-words.ts';
import { parseSilence } from './mute-words.ts';

const notKept = err('that could not be kept');

/** Hides what `typed` says in the lobby and in groups, or shows it again. Without a name, says who is ignored. */
export async function ignoreWords(
  { quiet, username, as }: Pick<ChatClient, 'quiet' | 'username' | 'as'>,
  typed: string | undefined,
  isOn: boolean,
): Promise<Verdict> {
  if (typed === undefined) {
    const { ignored } = quiet;
    return ok(ignored.length === 0 ? 'nobody is ignored' : `ignored: ${ignored.join(', ')}`);
  }
  const user = parseUsername(typed);
  if (user === undefined) return err(`${typed} is no name of a user`);
  if (user.toLowerCase() === username.toLowerCase()) return err('that is you');
  if (isOn === quiet.isIgnored(user)) {
    return ok(isOn ? `${user} is ignored already` : `${user} is not ignored`);
  }
  const done = await quiet.ignore(user, isOn);
  if (done === 'failed') return notKept;
  if (done === 'full') return err('you ignore as many people as can be remembered');
  if (!isOn) return ok(`what ${user} says is shown again, also what was hidden`);
  const where =
    done === 'kept' && as === 'account' ? 'on all your devices' : 'until this chat ends';
  return ok(
    `what ${user} says in the lobby and in groups is hidden, ${where}. They are not told; /unignore ${user} shows it again. /block ${user} is for private messages`,
  );
}

/** Says what calls for attention at `typed` (`lobby`, `#group`, `@user`); undefined: what does without a rule. */
export async function setRuleWords(
  client: Pick<ChatClient, 'quiet' | 'conversations'>,
  typed: string,
  rule: NotifyRule | undefined,
): Promise<Verdict> {
  if (client.conversations.length === 0) return err('only an account has rules');
  const place = parsePlace(typed);
  const isKnown = client.conversations.some((one) => formatPlace(one.place) === typed);
  if (place === undefined || (place.kind !== 'direct' && !isKnown)) {
    return err(`there is no conversation ${typed}`);
  }
  if (!(await client.quiet.setRule(place, rule))) return notKept;
  return ok(`${typed}, on all your devices: ${ruleWords(rule, place.kind === 'direct')}`);
}

const badForm =
  'it is written: /dnd 1h, /dnd until 08:00, /dnd on, /dnd off, /dnd daily 22:00-08:00, or /dnd daily off';

/** `/dnd` and what follows it. Without anything, says how it stands. */
export async function dndWords(
  { quiet }: Pick<ChatClient, 'quiet'>,
  typed: string,
): Promise<Verdict> {
  if (typed === '') return ok(standing(quiet));
  const wish = wishIn(typed, quiet.quietWish, quiet.now);
  if (wish === undefined) return err(badForm);
  return (await quiet.wishQuiet(wish)) ? ok(standing(quiet)) : notKept;
}

/** What is wished by these words. Undefined: they make no sense. */
export function wishIn(typed: string, before: QuietWish, now: number): QuietWish | undefined {
  const [first = '', second = '', ...more] = typed.split(' ').filter((word) => word !== '');
  if (more.length > 0) return undefined;
  if (first === 'daily') {
    const daily = second === 'off' ? null : hoursIn(second);
    return daily === undefined ? undefined : { ...before, daily };
  }
  const minutes = first === 'until' ? minutesIn(second) : undefined;
  if (minutes !== undefined) return { ...before, until: nextAt(minutes, now) };
  if (second !== '') return undefined;
  if (first === 'off') return { ...before, until: 0 };
  if (first === 'on') return { ...before, until: null };
  const ms = parseSilence(first);
  if (ms === undefined) return undefined;
  return { ...before, until: ms === Infinity ? null : now + ms };
}

function minutesIn(typed: string): number | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(typed) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

function hoursIn(typed: string): readonly [number, number] | undefined {
  const [from, to] = typed.split('-').map(minutesIn);
  return from === undefined || to === undefined || from === to ? undefined : [from, to];
}

function standing({ quietUntil, quietWish: { daily } }: ChatClient['quiet']): string {
  const hours = daily === null ? '' : `, each day ${hoursWords(daily)}; /dnd daily off ends that`;
  if (quietUntil === undefined) return `you are told of what calls for you${hours}`;
  return `${quietWords(quietUntil)}: what comes is counted, and nothing tells you of it. /dnd off ends it${hours}`;
}
