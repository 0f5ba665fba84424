// Commands about sealed groups, and what they answer: sealing an open one, entering, putting somebody out, and who is in
// as this device knows it.

import type { ChatClient } from '../chat-client.ts';
import type { GroupView } from '../encryption/group/engine.ts';
import { err, ok } from '../../lib/result.ts';
import { lobbyGroup, parseAnyGroupName } from '../../wire/extended/names.ts';
import { parseGroupName } from '../../wire/text.ts';
import type { Verdict } from '../commands/actions.ts';
import { withMarks } from './name-marks.ts';
import { harmless } from './sanitize.ts';

/** Seals an open group. */
export async function sealOpen(client: ChatClient, group: string): Promise<Verdict> {
  if (!isIn(client, group)) return err(`you are in no group ${group}`);
  const name = parseGroupName(group);
  if (name !== undefined && client.isSealed(name)) return err(`group ${group} is sealed already`);
  const done = await client.sealGroup(group, 'open');
  return done.ok
    ? ok(`group ${group} is sealed: what is said from here on only its members can read`)
    : err(harmless(done.error.text));
}

/** Enters a sealed group. Undefined: it is none. */
export async function enterSealed(client: ChatClient, group: string): Promise<Verdict | undefined> {
  const done = await client.joinSealed(group);
  if (done === 'not-sealed') return undefined;
  return done.ok ? ok(undefined) : err(harmless(done.error));
}

/** Puts somebody out of a sealed group. Undefined: it is none. */
export async function putOutSealed(
  client: ChatClient,
  group: string,
  name: string,
): Promise<Verdict | undefined> {
  const done = await client.kickSealed(group, name);
  if (done === 'not-sealed') return undefined;
  if (!done.ok) return err(harmless(done.error));
  return ok(`${name} is out of group ${group}: what is said from here on they cannot read`);
}

/**
 * Who can read a sealed group, as this device knows it without the server's word, with the digits to compare. Undefined:
 * it is none. `isAway`: whether somebody is known to be away.
 */
export async function sealedMembers(
  client: ChatClient,
  group: string,
  isAway: (name: string) => boolean,
): Promise<string | undefined> {
  const name = parseAnyGroupName(group);
  const view = name && (await client.sealedView(name));
  return view && memberWords(group, view, client.username, isAway);
}

const outside = {
  entering: 'this device is on its way into it, and cannot read it yet',
  out: 'you are not in it, and cannot read it',
} as const;

function memberWords(
  group: string,
  { phase, mode, admins, moderators, members, digits }: GroupView,
  me: string,
  isAway: (name: string) => boolean,
): string {
  const kind = `sealed${mode === 'invite' ? ', by invitation' : ''}`;
  const what = group === lobbyGroup ? 'lobby' : `group ${group}`;
  if (phase !== 'in') return `${what}, ${kind}: ${outside[phase]}`;
  const names = members.map((name) =>
    withMarks(name, {
      you: name === me,
      owner: admins.includes(name),
      moderator: moderators.includes(name) && !admins.includes(name),
      away: isAway(name),
    }),
  );
  const count = names.length === 1 ? '1 person reads it' : `${names.length} people read it`;
  const compare =
    digits === undefined ? '' : `; compare: ${digits} (the same for everybody who is in)`;
  return `${what}, ${kind}, ${count}: ${names.join(', ')}${compare}`;
}

export function isIn({ conversations }: ChatClient, group: string): boolean {
  return conversations.some(({ name, isIn }) => name === `#${group}` && isIn);
}
