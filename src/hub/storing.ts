// Reports of the store: that it fails or works again, and what could not be stored. A dropped message was delivered to
// nobody. Its sender is notified, and can send it again.

import { formatMessageId } from '../wire/extended/names.ts';
import type { Speaker } from './effects.ts';
import { recordOf } from './messages/logs.ts';
import type { Log } from './state.ts';
import { takeBack } from './messages/streams.ts';
import { change, fail, sendSoftError, type Turn } from './turn.ts';

/** Sets whether the store works. */
export function setStoring({ hub }: Turn, works: boolean): void {
  hub.storing = works;
}

/**
 * Undoes what could not be stored, and notifies the senders. The numbers in its log are not reused, also not after a
 * restart: people who joined meanwhile may read only what follows them.
 */
export function drop(turn: Turn, speakers: readonly Speaker[]): void {
  const logs = new Set<Log>();
  for (const speaker of speakers) {
    const log = speaker.log && turn.hub.logs.get(speaker.log);
    if (log !== undefined) logs.add(log);
    // The first message of a repeat may be stored, and must not be posted twice.
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
