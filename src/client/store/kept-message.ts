// A message as a store keeps it: in the display order of its conversation, with its number in its own log. What a reader
// gets of it depends on the conversation's current log. The stores in memory and in a browser share it.

import { epochOf, type LogEpochs } from './log-epochs.ts';
import type { HistoryRecord, PlacedRecord } from './store-port.ts';

/** A message of a conversation, and where it stands in the display order: by log, place, with a number first, id. */
export interface KeptMessage {
  readonly message: HistoryRecord;
  /** Which log of the conversation it belongs to. */
  readonly log: number;
  /** The number after which it is sorted; its own if it has one. */
  readonly place: number;
  readonly seq: number | undefined;
  /** In the order of arrival. */
  readonly id: number;
}

/** After everything that has a number. */
export const atTheEnd = Infinity;

/** The number of a message in the current log. */
export function validNumber({ log, seq }: KeptMessage, epochs: LogEpochs): number | undefined {
  if (seq === undefined || log === atTheEnd) return undefined;
  return log === epochOf(epochs, seq) ? seq : undefined;
}

/** The number of an earlier log is not valid in this one. */
export function shown(kept: KeptMessage, epochs: LogEpochs): HistoryRecord {
  const { message, log } = kept;
  const { epoch: _, ...others } = message;
  const seq = validNumber(kept, epochs);
  const isOfNow = log === epochs.epoch || log === atTheEnd || seq !== undefined;
  return { ...others, seq, ...(!isOfNow && { epoch: log }) };
}

/** With its number in its own log. */
export function inItsLog({ message, log, seq }: KeptMessage): HistoryRecord {
  return { ...message, seq, epoch: log };
}

export function placed(one: KeptMessage, epochs: LogEpochs): PlacedRecord {
  return { ...shown(one, epochs), rowId: one.id };
}
