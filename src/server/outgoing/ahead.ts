// What may go ahead of a stalled store (commit-queue/commit-queue.ts), and behind what. Presence is not stored, nor are
// messages if nothing is stored: a crash undoes none of these. Everything that reveals accounts, groups or numbers of
// logs waits, and so does the login of an account, which reveals all three.

import type { Effect } from '../../hub/effects.ts';
import type { HubInput } from '../../hub/inputs.ts';
import { unreachable } from '../../lib/invariant.ts';
import type { Command } from '../../wire/commands.ts';
import type { ExtendedEvent } from '../../wire/extended/events.ts';
import { audienceKey } from '../delivery/audience.ts';
import type { Act } from './acts.ts';

const freeVerbs: ReadonlySet<Command['verb']> = new Set([
  'HELO',
  'GET_USERS',
  'BCST',
  'PM',
  'REQUEST_PUBLIC_KEY',
  'PUBLIC_KEY',
]);

/** Whether the result reveals nothing that is stored, unless the result itself must be stored. */
export function isFreeInput(input: HubInput, effects: readonly Effect[]): boolean {
  if (input.type === 'command' && input.command.verb === 'QUIT') return true;
  // A refusal may depend on what is not stored yet, such as a name that an account has just taken.
  if (effects.some(({ type }) => type === 'close')) return false;
  if (input.type === 'command') return freeVerbs.has(input.command.verb);
  return input.type === 'connect' || input.type === 'refuse';
}

/** The same for events that the shell sends by itself: they tell nothing of accounts, and nothing that is stored. */
export function isFreeEvent({ verb }: ExtendedEvent): boolean {
  return verb === 'CHALLENGE' || verb === 'MEET';
}

/** What acts concern: their receivers, the audiences that get something, and people whose presence changes. */
export function touchedBy(acts: readonly Act[]): unknown[] {
  return acts.flatMap(touchedByOne);
}

function touchedByOne(act: Act): readonly unknown[] {
  switch (act.type) {
    case 'send':
    case 'acknowledge':
    case 'answerRepeat':
      return [act.to];
    case 'say':
      return act.audience === undefined ? act.to : [audienceKey(act.audience), ...act.to];
    case 'presence':
      return [`person ${act.person.user}`];
    // Not the audience: a guest who joins meanwhile gets lines from a little earlier.
    case 'join':
      return act.form === 'v1' ? [act.connection] : [act.connection, undefined];
    case 'leave':
    case 'close':
      return [act.connection];
    // No file begins or ends before its turn.
    case 'openTransfer':
      return [act.plan.sender.connection, act.plan.receiver.connection, undefined];
    case 'openKept':
      return [act.plan.connection, undefined];
    case 'closeTransfer':
    case 'closeKept':
    case 'removeKept':
    case 'do':
      return [undefined];
    default:
      return unreachable(act);
  }
}
