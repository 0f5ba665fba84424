// Texts about groups by invitation: creating an open one and inviting people.

import type { ChatClient } from '../chat-client.ts';
import type { RequestAnswer } from '../pending-requests.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { parseGroupName, parseUsername } from '../../wire/text.ts';
import type { Verdict } from '../commands/actions.ts';

/** Makes a group for invited people only. */
export async function makeByInvitation(client: ChatClient, typed: string): Promise<Verdict> {
  const group = parseGroupName(typed);
  if (group === undefined) return err(`${typed} is no name of a group`);
  const made = invitedIn(await client.createByInvitation(group));
  if (!made.ok) return made;
  return ok(
    `group ${group} is open by invitation: the server can read it, and only those enter whom you let in: /invite @user ${group}. Without --open a group is sealed where that is possible`,
  );
}

/** Lets somebody enter a group. Without a name, says who may enter. */
export async function inviteWords(
  client: ChatClient,
  typed: string,
  name: string | undefined,
): Promise<Verdict> {
  const group = parseGroupName(typed);
  const user = name === undefined ? undefined : parseUsername(name);
  if (group === undefined) return err(`${typed} is no name of a group`);
  if (name !== undefined && user === undefined) return err(`${name} is no name of a user`);
  const answer = invitedIn(await client.invite(group, user));
  if (!answer.ok) return answer;
  if (user !== undefined) return ok(`${user} may enter ${group} now, and is told so if here`);
  const people = answer.value;
  return ok(
    people.length === 0
      ? `nobody is invited to ${group}`
      : `invited to ${group}: ${people.join(', ')}`,
  );
}

function invitedIn(answer: RequestAnswer<'INVITE'> | undefined): Result<readonly string[], string> {
  if (answer === undefined) {
    return err('only accounts have groups by invitation, while there is a connection');
  }
  if (answer.ok) return ok(answer.value.people);
  const { error } = answer;
  if (error.code === 'gone') return err('the connection was lost: ask again');
  const isOld = error.code === 'unknown-request';
  return err(isOld ? 'this server is too old for groups by invitation' : error.text);
}
