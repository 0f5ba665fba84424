// Messages in conversations: one post for receivers of both forms, with its number if it is stored. Texts are
// forwarded unchanged; the hub never looks inside.

import type { Event } from '../../wire/events.ts';
import {
  directConversation,
  groupConversation,
  lobbyName,
  type ConversationName,
} from '../../wire/extended/names.ts';
import type { LineText } from '../../wire/text.ts';
import {
  lobby,
  type Audience,
  type ConnectionId,
  type SaidPost,
  type Speaker,
} from '../effects.ts';
import { groupLog, keepsGroup, keepsLobby, lobbyLog, recordOf } from './logs.ts';
import { quotaRefusal, useQuota } from '../quotas.ts';
import type { Group, Log, User, Visit } from '../state.ts';
import { change, type Turn } from '../turn.ts';

/** A message to be posted, and its connection. */
export interface PostDraft {
  readonly visit: Visit;
  readonly at: number;
  /** From a SEND. */
  readonly id?: string | undefined;
  readonly sent?: Speaker['sent'];
  readonly text?: LineText | undefined;
  /** With a text only. */
  readonly content?: string | undefined;
  readonly sealed?: string | undefined;
  readonly welcome?: string | undefined;
  readonly device?: string | undefined;
  readonly inSealed?: SaidPost['inSealed'];
}

/** A message to an audience: always text. */
export interface TextDraft extends PostDraft {
  readonly text: LineText;
}

/** The audience of a group's members. */
export function audienceOf(group: Group): Audience {
  return { kind: 'group', group: group.name };
}

/** Why nothing can be stored now, or undefined if it can. */
export function keepingRefusal({ hub }: Turn): 'store-failed' | 'no-room' | undefined {
  if (!hub.storing) return 'store-failed';
  return hub.hasRoom ? undefined : 'no-room';
}

type KeepingRefusal = ReturnType<typeof keepingRefusal> | ReturnType<typeof quotaRefusal>;

/** Why a lobby message of `visit` is refused: it must be stored, and cannot be, or exceeds the quota. */
export function lobbyRefusal(turn: Turn, visit: Visit, at: number): KeepingRefusal {
  return keepsLobby(turn) ? (keepingRefusal(turn) ?? quotaRefusal(turn, visit, at)) : undefined;
}

/** The same for a group. */
export function groupRefusal(turn: Turn, group: Group, visit: Visit, at: number): KeepingRefusal {
  return keepsGroup(turn, group)
    ? (keepingRefusal(turn) ?? quotaRefusal(turn, visit, at))
    : undefined;
}

function makeSaid(name: ConversationName, log: Log | undefined, draft: PostDraft): SaidPost {
  const { user } = draft.visit;
  return {
    name,
    log: log?.id,
    seq: log === undefined ? undefined : ++log.last,
    at: draft.at,
    from: user.name,
    guest: user.account === undefined,
    id: draft.id,
    text: draft.text,
    content: draft.content,
    sealed: draft.sealed,
    welcome: draft.welcome,
    device: draft.device,
    inSealed: draft.inSealed,
  };
}

function sizeOf(text: LineText, content = ''): number {
  return text.length + content.length;
}

/** Who waits for the store. Undefined if nothing of the message must be stored, not even its number in a stream. */
function speakerOf({ visit, sent }: PostDraft, said: SaidPost): Speaker | undefined {
  const stored = said.log !== undefined || sent !== undefined;
  return stored ? { connection: visit.connection, log: said.log, repeats: false, sent } : undefined;
}

/** [7.2] To everybody who is logged in, except the sending connection. */
export function postToLobby(turn: Turn, draft: TextDraft): SaidPost {
  const { text, content, visit } = draft;
  const { user, connection } = visit;
  const said = makeSaid(lobbyName, lobbyLog(turn), draft);
  if (said.log !== undefined) useQuota(turn, visit, sizeOf(text, content), draft.at);
  const v1: Event = { verb: 'BCST', from: user.name, text };
  const by = speakerOf(draft, said);
  turn.effects.push({
    type: 'post',
    audience: lobby,
    said,
    v1,
    to: nobody,
    except: connection,
    by,
  });
  return said;
}

/** [7.8] To every member of a group. `except`: the sending connection, if it is told in another way. */
export function postToGroup(
  turn: Turn,
  group: Group,
  draft: TextDraft,
  except?: ConnectionId,
): SaidPost {
  const { text, content, visit } = draft;
  const name = groupConversation(group.name);
  const said = makeSaid(name, groupLog(turn, group), draft);
  if (said.log !== undefined) useQuota(turn, visit, sizeOf(text, content), draft.at);
  const audience = audienceOf(group);
  const v1: Event = { verb: 'GROUP_MESSAGE', from: visit.user.name, text };
  turn.effects.push({
    type: 'post',
    audience,
    said,
    v1,
    to: nobody,
    except,
    by: speakerOf(draft, said),
  });
  return said;
}

/** To every member of a sealed group; `draft.sealed` is encrypted for them. */
export function postSealed(turn: Turn, group: Group, draft: PostDraft): SaidPost {
  const { visit, sealed = '' } = draft;
  const said = makeSaid(groupConversation(group.name), groupLog(turn, group), draft);
  if (said.log !== undefined) useQuota(turn, visit, sealed.length, draft.at);
  turn.effects.push({
    type: 'post',
    audience: audienceOf(group),
    said,
    v1: undefined,
    to: nobody,
    except: visit.connection,
    by: speakerOf(draft, said),
  });
  return said;
}

/**
 * A message from the server to a group's members. It is never stored: it comes with changes that must be stored whether
 * or not messages can be, and is useless to people who come later.
 */
export function notifyGroup(turn: Turn, group: Group, text: LineText, at: number): void {
  turn.effects.push({
    type: 'post',
    audience: audienceOf(group),
    said: {
      name: groupConversation(group.name),
      log: undefined,
      seq: undefined,
      at,
      from: undefined,
      guest: false,
      id: undefined,
      text,
      content: undefined,
      sealed: undefined,
      welcome: undefined,
      device: undefined,
      inSealed: undefined,
    },
    v1: { verb: 'GROUP_MESSAGE', from: undefined, text },
    to: nobody,
    except: undefined,
    by: undefined,
  });
}

/**
 * To the other of two people, and to the sender's own other connections, if they get private messages. `isWithheld`:
 * the other never receives it. What is sealed for a room goes to connections that take part in rooms.
 */
export function postDirect(
  turn: Turn,
  peer: User,
  log: Log | undefined,
  isWithheld: boolean,
  draft: PostDraft,
): SaidPost {
  const { user: speaker } = draft.visit;
  const name = directConversation(speaker.name, peer.name);
  const numbered = makeSaid(name, log, draft);
  const said = isWithheld ? { ...numbered, log: undefined } : numbered;
  // Only its number is stored.
  if (isWithheld && log !== undefined) change(turn, { type: 'log', log: recordOf(log) });
  const to: ConnectionId[] = [];
  const isForRoom = draft.inSealed !== undefined;
  const hears = (visit: Visit) => visit.private && (!isForRoom || visit.can.rooms === true);
  for (const visit of speaker.visits) {
    if (visit !== draft.visit && hears(visit)) to.push(visit.connection);
  }
  for (const visit of isWithheld || peer === speaker ? nobody : peer.visits) {
    if (hears(visit)) to.push(visit.connection);
  }
  const by = speakerOf(draft, said);
  turn.effects.push({
    type: 'post',
    audience: undefined,
    said,
    v1: undefined,
    to,
    except: undefined,
    by,
  });
  return said;
}

const nobody: readonly never[] = [];
