// Who is in a group, in one line.

import type { ChatClient } from '../../client/chat-client.ts';
import { refuseCommand } from '../../client/command-refusal.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { parseGroupName, parseUsername } from '../../wire/text.ts';
import { withMarks } from '../../client/wording/name-marks.ts';
import { sealedMembers } from '../../client/wording/sealed-words.ts';

/** `group lunch, 2 people: alice (you, owner), bob`, or why that is unknown. */
export async function listNames(
  typed: string,
  client: ChatClient,
): Promise<Result<string, string>> {
  const group = parseGroupName(typed);
  if (group === undefined) return refused('not-a-group-name');
  const sealed = await listSealed(group, client);
  if (sealed !== undefined) return ok(sealed);
  const answer = await client.listMembers(group);
  if (answer === undefined)
    return refused(client.state.phase === 'open' ? 'no-account' : 'not-open');
  if (!answer.ok) {
    return err(answer.error.code === 'gone' ? 'the connection was lost' : answer.error.text);
  }
  const { admin, members, more: isCut } = answer.value;
  const { owners = [], moderators = [] } =
    client.conversations.find(({ name }) => name === `#${group}`) ?? {};
  const names = members.map(({ user, online }) => {
    const isOwner = user === admin || owners.includes(user);
    return withMarks(user, {
      you: user === client.username,
      owner: isOwner,
      moderator: !isOwner && moderators.includes(user),
      away: !online,
    });
  });
  const count = names.length === 1 ? '1 person' : `${names.length} people`;
  const rest = isCut === true ? ', and others' : '';
  return ok(`group ${group}, ${count}: ${names.join(', ')}${rest}`);
}

/** Who can read a sealed group. Undefined: it is none. */
export function listSealed(group: string, client: ChatClient): Promise<string | undefined> {
  return sealedMembers(client, group, awayBy(client));
}

/** Whether the server says that somebody is not online. */
function awayBy({ roster, username }: ChatClient): (name: string) => boolean {
  return (name) => {
    const user = parseUsername(name);
    return user !== undefined && user !== username && roster?.people.get(user)?.online === false;
  };
}

function refused(code: 'not-a-group-name' | 'no-account' | 'not-open'): Result<string, string> {
  const refusal = refuseCommand(code);
  return err(`nothing was sent. ${refusal.error.hint}`);
}
