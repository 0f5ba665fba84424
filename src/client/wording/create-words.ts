// The command that makes a group, and what it answers: what was made, who can read it, and how to get the other kind. A
// new group is sealed where the login can make such ones.

import type { ChatClient, SealingLack } from '../chat-client.ts';
import type { GroupWish, Verdict } from '../commands/actions.ts';
import { err, ok } from '../../lib/result.ts';
import type { GroupMode } from '../../wire/statements/roster-record.ts';
import { groupRefusal } from './group-refusal.ts';
import { makeByInvitation } from './invite-words.ts';
import { isIn } from './sealed-words.ts';

/**
 * Makes a group as wished. `createOpen` makes an open one, and resolves when the server has answered; undefined: the
 * person reads its answer.
 */
export async function makeGroup(
  client: ChatClient,
  group: string,
  { asked, mode }: GroupWish,
  createOpen: () => Promise<Verdict | undefined>,
): Promise<Verdict> {
  const lack = client.sealingLack;
  if (asked === 'sealed' || (asked === undefined && lack === undefined)) {
    return makeSealed(client, group, mode);
  }
  if (asked === undefined && lack === 'device') {
    return err(
      'another program has the keys of your account now, and only that one can make a sealed group. With --open a group is made that the server can read',
    );
  }
  const made = mode === 'invite' ? await makeByInvitation(client, group) : await createOpen();
  if (made === undefined) return ok(undefined);
  // What a guest is answered is version 1's.
  if (!made.ok || made.value !== undefined || client.as === 'guest') return made;
  return ok(openWords(group, lack));
}

async function makeSealed(client: ChatClient, group: string, mode: GroupMode): Promise<Verdict> {
  if (isIn(client, group)) return err(`there is a group ${group} already, and you are in it`);
  const done = await client.sealGroup(group, mode);
  if (!done.ok) return err(groupRefusal(done.error, group));
  const entry =
    mode === 'invite'
      ? `Only those enter whom you let in: /invite @user ${group}.`
      : `Other accounts enter it with /join ${group}; guests cannot.`;
  return ok(
    `group ${group} is sealed: only its members can read it, and the server cannot. ${entry} With --open a group is made for guests too`,
  );
}

function openWords(group: string, lack: SealingLack | undefined): string {
  const advice =
    lack === 'server'
      ? 'This server has no sealed groups'
      : `/seal ${group} seals it: then only its members can, and guests cannot enter`;
  return `group ${group} is open: everybody can enter it, and the server can read it. ${advice}`;
}
