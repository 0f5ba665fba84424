// What the store has to say: that it does not work or works again, and what could not be stored. Nobody has heard of
// what was dropped; who said it is told, and can say it again.

import { formatMessageId } from '../wire/extended/names.ts';
import { reportDirect } from './conversations.ts';
import { findDirect } from './directs.ts';
import type { Post, Repeat, Speaker } from './effects.ts';
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
    if (dropped.type === 'post') takeBackPost(turn, dropped, logs);
    if (dropped.by !== undefined) tellSpeaker(turn, dropped.by);
  }
  for (const id of logs) {
    const log = turn.hub.logs.get(id);
    if (log !== undefined) repeatLog(turn, log);
  }
}

/** Only a post takes its number back: what a repeat repeats may be stored, and is not to be said twice. */
function takeBackPost({ hub }: Turn, { said, by }: Post, logs: Set<LogId>): void {
  if (said.log !== undefined) logs.add(said.log);
  const account = by?.sent && hub.accounts.get(by.sent.account)?.account;
  if (by?.sent !== undefined && account !== undefined) takeBack(account, by.sent, by.sent.before);
}

function tellSpeaker(turn: Turn, { connection, sent }: Speaker): void {
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
