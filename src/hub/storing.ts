// What the store has to say: that it does not work or works again, and what could not be stored. Nobody has heard of
// what was dropped; who said it is told, and can say it again.

import { formatMessageId } from '../wire/extended/names.ts';
import { reportDirect } from './conversations.ts';
import { findDirect } from './directs.ts';
import type { Post, Repeat } from './effects.ts';
import { recordOf } from './logs.ts';
import type { LogId } from './records.ts';
import type { Log } from './state.ts';
import { takeBack } from './streams.ts';
import { change, fail, sendSoftError, type Turn } from './turn.ts';

/** Whether things can be stored from here on. */
export function setStoring({ hub }: Turn, works: boolean): void {
  hub.storing = works;
}

/** Takes back what could not be stored, and tells who said it. */
export function drop(turn: Turn, posts: readonly (Post | Repeat)[]): void {
  const logs = new Set<LogId>();
  for (const dropped of posts) {
    if (dropped.type === 'post' && dropped.said.log !== undefined) logs.add(dropped.said.log);
    tellSpeaker(turn, dropped);
  }
  for (const id of logs) {
    const log = turn.hub.logs.get(id);
    if (log !== undefined) repeatLog(turn, log);
  }
}

function tellSpeaker(turn: Turn, { by }: Post | Repeat): void {
  if (by === undefined) return;
  const { connection, sent } = by;
  const account = sent && turn.hub.accounts.get(sent.account)?.account;
  if (sent !== undefined && account !== undefined) takeBack(account, sent);
  if (!turn.hub.connections.has(connection)) return;
  if (sent === undefined) {
    sendSoftError(turn, connection, 'store-failed');
    return;
  }
  const { label } = sent;
  fail(turn, connection, { verb: 'SEND', label }, 'store-failed', { id: formatMessageId(sent) });
}

/** What was dropped may have been the beginning of its log, with all that was said of that. */
function repeatLog(turn: Turn, log: Log): void {
  change(turn, { type: 'log', log: recordOf(log) });
  const direct = findDirect(turn.hub, log);
  if (direct !== undefined) reportDirect(turn, direct);
}
