// Reports of the store: that it fails or works again, and what could not be stored. A dropped message was delivered
// to nobody; its sender is told, and can send it again.

import { formatMessageId } from '../wire/extended/names.ts';
import type { Speaker } from './effects.ts';
import { recordOf } from './messages/logs.ts';
import type { Log } from './state.ts';
import { takeBack } from './messages/streams.ts';
import { change, fail, sendSoftError, type Turn } from './turn.ts';

/** Whether things can be stored from here on. */
export function setStoring({ hub }: Turn, works: boolean): void {
  hub.storing = works;
}

/**
 * Takes back what could not be stored, and tells who said it. The numbers in its log are not given again, also not
 * after a restart: people who have joined meanwhile may read from behind them on.
 */
export function drop(turn: Turn, speakers: readonly Speaker[]): void {
  const logs = new Set<Log>();
  for (const speaker of speakers) {
    const log = speaker.log && turn.hub.logs.get(speaker.log);
    if (log !== undefined) logs.add(log);
    // What a repeat repeats may be stored, and is not to be said twice.
    if (!speaker.repeats) takeNumberBack(turn, speaker);
    tellSpeaker(turn, speaker);
  }
  for (const log of logs) change(turn, { type: 'log', log: recordOf(log) });
}

function takeNumberBack({ hub }: Turn, { sent }: Speaker): void {
  const account = sent && hub.accounts.get(sent.account)?.account;
  if (sent !== undefined && account !== undefined) takeBack(account, sent, sent.before);
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
