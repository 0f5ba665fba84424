// Which conversations are stored, and the numbers of their messages. A log's numbers rise by one from message to
// message and are never reused, not even after a message that could not be stored.

import { logNumbers } from '../../wire/extended/log-numbers.ts';
import { groupConversation, lobbyName, type ConversationName } from '../../wire/extended/names.ts';
import type { LogId, LogRecord } from '../records.ts';
import type { Trimmed } from '../store-port.ts';
import type { Group, Log } from '../state.ts';
import { change, type Turn } from '../turn.ts';

/** The log as it is remembered. */
export function recordOf({ id, name, first, last }: Log): LogRecord {
  return { log: id, name, first, last };
}

/** Generations are smaller than this. */
export const maxGenerations = 2 ** 27;

/** What clients know a log by: another one in each generation, so that they notice when it may have lost its end. */
export function logNumber(generation: number, id: LogId): number {
  return generation * logNumbers + id;
}

/** The numbers, first and last, of all logs behind `last` in a generation. */
export function logsBehind(generation: number, last: number): [number, number] {
  const first = generation * logNumbers;
  return [first + last + 1, first + logNumbers - 1];
}

/** Begins a log, with nothing in it. */
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

/** Throws a log away, with all that was said in it. */
export function removeLog(turn: Turn, log: Log): void {
  turn.hub.logs.delete(log.id);
  change(turn, { type: 'log-removed', log: log.id });
}

/** Whether what is said in the lobby is stored. */
export function keepsLobby({ env }: Turn): boolean {
  return env.keep.lobby;
}

/** Whether what is said in a group is stored: only people with an account could ask for it later. */
export function keepsGroup({ env }: Turn, group: Group): boolean {
  return env.keep.groups && group.accounts > 0;
}

/** The log that the lobby's next message goes to, made where there is none yet; undefined where it is not kept. */
export function lobbyLog(turn: Turn): Log | undefined {
  const { hub } = turn;
  if (!keepsLobby(turn) || !hub.storing) return undefined;
  return (hub.lobby ??= makeLog(turn, lobbyName));
}

/** The same of a group. */
export function groupLog(turn: Turn, group: Group): Log | undefined {
  if (!keepsGroup(turn, group) || !turn.hub.storing) return undefined;
  return (group.log ??= makeLog(turn, groupConversation(group.name)));
}

/** The store has taken out old messages. */
export function trimmed({ hub }: Turn, trimmed: readonly Pick<Trimmed, 'log' | 'first'>[]): void {
  for (const { log: id, first } of trimmed) {
    const log = hub.logs.get(id);
    // What two people have both got may have gone further already.
    if (log !== undefined && first > log.first) log.first = Math.min(first, log.last + 1);
  }
}
