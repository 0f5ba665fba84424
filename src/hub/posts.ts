// What is said in conversations: one post for both forms of an audience.

import type { Event } from '../wire/events.ts';
import { groupConversation, lobbyName, type ConversationName } from '../wire/extended/names.ts';
import type { LineText } from '../wire/text.ts';
import { lobby, type Audience, type ConnectionId } from './effects.ts';
import type { Group, User } from './state.ts';
import type { Turn } from './turn.ts';

/** Where something is said: the conversation, and who hears it. */
interface Place {
  readonly name: ConversationName;
  readonly audience: Audience;
}

/** The audience of a group's members. */
export function audienceOf(group: Group): Audience {
  return { kind: 'group', group: group.name };
}

const inLobby: Place = { name: lobbyName, audience: lobby };

function inGroup(group: Group): Place {
  return { name: groupConversation(group.name), audience: audienceOf(group) };
}

function post(
  turn: Turn,
  { name, audience }: Place,
  at: number,
  from: User | undefined,
  text: LineText,
  seed: Event,
  except?: ConnectionId,
): void {
  turn.effects.push({
    type: 'post',
    audience,
    said: {
      name,
      log: undefined,
      seq: undefined,
      at,
      from: from?.name,
      guest: from !== undefined,
      id: undefined,
      text,
      sealed: undefined,
      welcome: undefined,
    },
    seed,
    to: [],
    except,
    by: undefined,
  });
}

/** [7.2] To everybody who is logged in, but not to the connection that says it. */
export function postToLobby(turn: Turn, user: User, text: LineText, at: number): void {
  post(turn, inLobby, at, user, text, { verb: 'BCST', from: user.name, text }, user.connection);
}

/** [7.8] To every member of a group, the one who says it among them. Undefined: the server speaks itself. */
export function postToGroup(
  turn: Turn,
  group: Group,
  user: User | undefined,
  text: LineText,
  at: number,
): void {
  post(turn, inGroup(group), at, user, text, { verb: 'GROUP_MESSAGE', from: user?.name, text });
}
