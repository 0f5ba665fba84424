// `/names`: who is here, or who is in a group, in one line.

import { refuseCommand } from '../../client/command-refusal.ts';
import { parseGroupName } from '../../wire/text.ts';
import { notice, warning } from './printed-line.ts';
import type { Done, TypedActions } from './typed-actions.ts';

/** Carries out `/names` with the words behind it. */
export async function listNames(words: readonly string[], actions: TypedActions): Promise<Done> {
  const { client, print } = actions;
  const [word, ...more] = words;
  if (more.length > 0) return 'malformed';
  if (word === undefined) return client.listUsers();
  const group = parseGroupName(word.replace(/^#/, ''));
  if (group === undefined) return refuseCommand('not-a-group-name');
  const answer = await client.listMembers(group);
  if (answer === undefined) {
    const isOpen = client.state.phase === 'open';
    return refuseCommand(isOpen ? 'no-account' : 'not-open');
  }
  if (!answer.ok) {
    print(warning(answer.error.code === 'gone' ? 'the connection was lost' : answer.error.text));
    return undefined;
  }
  const { admin, members, more: isCut } = answer.value;
  const names = members.map(({ user, online }) =>
    withMarks(user, { you: user === client.username, admin: user === admin, away: !online }),
  );
  const count = names.length === 1 ? '1 person' : `${names.length} people`;
  const rest = isCut === true ? ', and others' : '';
  print(notice(`group ${group}, ${count}: ${names.join(', ')}${rest}`));
  return undefined;
}

/** `bob`, or `carol (admin, away)` where marks are so. */
export function withMarks(name: string, marks: Readonly<Record<string, boolean>>): string {
  const words = Object.keys(marks).filter((mark) => marks[mark]);
  return words.length === 0 ? name : `${name} (${words.join(', ')})`;
}
