// What may go ahead of a stalled store (commit-queue/commit-queue.ts), and behind what. Presence is not stored, nor
// are messages where nothing is stored: a crash undoes none of these. Whatever reveals accounts, groups or numbers of
// logs waits; so does the login of an account, which reveals all three.

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

/** Whether nothing that comes of it, unless something is to be kept, tells of what is kept. */
export function isFreeInput(input: HubInput): boolean {
  if (input.type === 'command') return freeVerbs.has(input.command.verb);
  return input.type === 'connect' || input.type === 'refuse';
}

/** The same of what the shell says by itself: before the proof nobody learns anything of accounts. */
export function isFreeEvent({ verb }: ExtendedEvent): boolean {
  return verb === 'CHALLENGE';
}

/** What acts concern: those who hear them, audiences that something is said to, and people who come or go. */
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
    // Not the audience: a guest who comes in meanwhile hears what was said a little earlier.
    case 'join':
      return act.form === 'v1' ? [act.connection] : [act.connection, undefined];
    case 'leave':
      return [act.connection];
    // Nobody is closed, and no file begun or ended, before its turn.
    case 'close':
      return [act.connection, undefined];
    case 'openTransfer':
      return [act.plan.sender.connection, act.plan.receiver.connection, undefined];
    case 'closeTransfer':
    case 'do':
      return [undefined];
    default:
      return unreachable(act);
  }
}
