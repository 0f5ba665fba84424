// Texts about blocking somebody. The same for line mode and the full screen.

import type { ChatClient } from '../chat-client.ts';
import { err, ok } from '../../lib/result.ts';
import { parseUsername } from '../../wire/text.ts';
import type { Verdict } from '../commands/actions.ts';

/** Blocks or unblocks somebody. Without a name, says who is blocked. */
export async function blockWords(
  client: ChatClient,
  name: string | undefined,
  off: boolean,
): Promise<Verdict> {
  const user = name === undefined ? undefined : parseUsername(name);
  if (name !== undefined && user === undefined) return err(`${name} is no name of a user`);
  const answer = await client.block(user, off);
  if (answer === undefined) return err('there is no connection to block somebody on: try again');
  if (!answer.ok) {
    const { error } = answer;
    if (error.code === 'gone') return err('the connection was lost: ask again');
    return err(
      error.code === 'unknown-request' ? 'this server is too old to block somebody' : error.text,
    );
  }
  const { people } = answer.value;
  // The server stores no list for a guest.
  const forNow = client.roster === undefined ? ', and so does the end of this chat' : '';
  if (user !== undefined) {
    return ok(
      off
        ? `${user} reaches you again; what they wrote meanwhile is gone`
        : `${user} is blocked: no private messages and no files. They are not told; /unblock ${user} takes it back${forNow}`,
    );
  }
  return ok(people.length === 0 ? 'nobody is blocked' : `blocked: ${people.join(', ')}`);
}
