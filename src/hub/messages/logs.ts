// Which conversations are stored, and the numbers of their messages. A log's numbers grow by one with each message and
// are never reused, not even after a message that could not be stored.

import { logNumbers } from '../../wire/extended/log-numbers.ts';
import {
  groupConversation,
  lobbyGroup,
  lobbyName,
  type ConversationName,
} from '../../wire/extended/names.ts';
import { removeFileOf, removeFilesOf, trimFiles } from '../files/kept/removals.ts';
import type { LogId, LogRecord } from '../records.ts';
import type { ExpiredLine, Trimmed } from '../store-port.ts';
import type { Group, Log } from '../state.ts';
import { change, type Turn } from '../turn.ts';

/** The log, to be stored. */
export function recordOf({ id, name, first, last }: Log): LogRecord {
  return { log: id, name, first, last };
}

/** Generations are smaller than this. */
export const maxGenerations = 2 ** 27;

/**
 * A log's number for clients. It differs in each generation, so that clients notice when the log may have lost its end.
 */
export function logNumber(generation: number, id: LogId): number {
  return generation * logNumbers + id;
}

/** The numbers, first and last, of all logs after `last` in a generation. */
export function logsBehind(generation: number, last: number): [number, number] {
  const first = generation * logNumbers;
  return [first + last + 1, first + logNumbers - 1];
}

/** Makes an empty log. */
export function makeLog(turn: Turn, name: ConversationName): Log {
  const { hub } = turn;
  const id = ++hub.lastLog as LogId;
  const number = logNumber(hub.generation, id);
  const log: Log = {
    id,
    name,
    number,
    earlier: undefined,
    marks: undefined,
    first: 1,
    last: 0,
  };
  hub.logs.set(log.id, log);
  change(turn, { type: 'log', log: recordOf(log) });
  return log;
}

/** Deletes a log with all its messages. */
export function removeLog(turn: Turn, log: Log): void {
  turn.hub.logs.delete(log.id);
  removeFilesOf(turn, log.name);
  if (turn.hub.lobby === log) turn.hub.lobby = undefined;
  change(turn, { type: 'log-removed', log: log.id });
}

/** Whether messages in the lobby are stored. */
export function keepsLobby({ env }: Turn): boolean {
  return env.keep.lobby;
}

/** Whether messages in a group are stored: only people with an account could request them later. */
export function keepsGroup({ env }: Turn, group: Group): boolean {
  return env.keep.groups && group.accounts > 0;
}

/** The log for the lobby's next message, made if there is none yet. Undefined if messages are not stored. */
export function lobbyLog(turn: Turn): Log | undefined {
  const { hub } = turn;
  if (!keepsLobby(turn) || !hub.storing) return undefined;
  return (hub.lobby ??= makeLog(turn, lobbyName));
}

/** The same for a group. */
export function groupLog(turn: Turn, group: Group): Log | undefined {
  if (!keepsGroup(turn, group) || !turn.hub.storing) return undefined;
  if (group.name === lobbyGroup) return (group.log ??= turn.hub.lobby ??= makeLog(turn, lobbyName));
  return (group.log ??= makeLog(turn, groupConversation(group.name)));
}

/** The time of messages was over, and the store has erased them: their kept files go. */
export function linesExpired(turn: Turn, lines: readonly ExpiredLine[]): void {
  for (const { log, seq } of lines) {
    const name = turn.hub.logs.get(log)?.name;
    if (name !== undefined) removeFileOf(turn, name, seq);
  }
}

/** The store has deleted old messages. */
export function trimmed(turn: Turn, trimmed: readonly Pick<Trimmed, 'log' | 'first'>[]): void {
  for (const { log: id, first } of trimmed) {
    const log = turn.hub.logs.get(id);
    // What both people have may be deleted further already.
    if (log === undefined || first <= log.first) continue;
    log.first = Math.min(first, log.last + 1);
    trimFiles(turn, log);
  }
}
