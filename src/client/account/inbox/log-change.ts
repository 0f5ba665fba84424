// What it means that the server's log of a conversation is a different one, or shorter than before: from which number
// on the two differ, and where this device continues. Nothing that it has is given up.

import type { KeptConversation } from '../../../wire/extended/events.ts';
import { logIndex } from '../../../wire/extended/log-numbers.ts';
import type { ConversationRecord } from '../../store/store-port.ts';
import { maxAlike } from '../limits.ts';

/** The number of a log of which only the name is known yet. */
export const unknownLog = 0;

export type LogChange =
  /** The number of the log is known now. */
  | { readonly kind: 'named'; readonly log: number }
  /**
   * Another epoch begins, after `start`. `put-back`: the server was restored, and says so; up to `common` the log is
   * the earlier one. `rewound`: it was, and has not noticed; after `common` it is another one. `other`: it is another
   * log of the same name.
   */
  | {
      readonly kind: 'put-back' | 'rewound';
      readonly log: number;
      readonly start: number;
      readonly common: number;
    }
  | { readonly kind: 'other'; readonly log: number; readonly start: number };

/** How far this device has a log. */
interface Known {
  /** The last message that was received. */
  readonly handed: number;
  readonly log: number;
  readonly record: ConversationRecord;
}

/**
 * What the server says about its logs as a whole, and what they have in common with those from this device's last
 * visit.
 */
export interface Standing {
  /** Whether it does not know that. */
  readonly isParted: boolean;
  /** The first and the last number of logs that have begun since. */
  readonly newLogs: readonly [number, number] | undefined;
}

/** `start`: where a device begins that has nothing of the described log. */
export function changeOfLog(
  known: Known,
  { log, last, earlier, sure }: Pick<KeptConversation, 'log' | 'last' | 'earlier' | 'sure'>,
  start: number,
  { isParted, newLogs }: Standing,
): LogChange | undefined {
  // Without a log, nothing can be said about it.
  if (log === unknownLog) return undefined;
  if (known.log === unknownLog) return { kind: 'named', log };
  if (known.log === log) {
    const { handed } = known;
    if (sure !== undefined) {
      return handed > sure ? { kind: 'put-back', log, start: sure, common: sure } : undefined;
    }
    const isUnsure = handed > (isParted ? 0 : last);
    const common = Math.min(handed, last);
    // Everything after that is new in any case, even for a device that begins with new messages.
    return isUnsure ? { kind: 'rewound', log, start: Math.min(start, common), common } : undefined;
  }
  const common = commonOf(known, { log, earlier });
  if (common === undefined) {
    // Lost, and begun anew. Where the account was removed and another has its name, the log had begun before.
    return isLostLog(known.log, newLogs)
      ? { kind: 'put-back', log, start: 0, common: 0 }
      : { kind: 'other', log, start };
  }
  return { kind: 'put-back', log, start: Math.min(known.handed, common), common };
}

/**
 * Whether the server has lost a log of this device: the log had not begun at the state where the server continued, and
 * the logs that have begun since are others, even with the same numbers.
 */
export function isLostLog(log: number, newLogs: Standing['newLogs']): boolean {
  return log !== unknownLog && newLogs !== undefined && logIndex(log) >= logIndex(newLogs[0]);
}

/** Up to which number a log of the server is one that is known here. Undefined if it is not. */
export function commonOf(
  { log, record }: Pick<Known, 'log' | 'record'>,
  kept: Pick<KeptConversation, 'log' | 'earlier'>,
): number | undefined {
  const whole = Number.MAX_SAFE_INTEGER;
  const here = [{ log, last: whole }, ...record.earlier];
  const there = [{ log: kept.log, last: whole }, ...(kept.earlier ?? [])];
  // The latest that both know parted last.
  for (const one of here) {
    const same = there.find((other) => other.log === one.log);
    if (same !== undefined) return Math.min(one.last, same.last);
  }
  return undefined;
}

/** The record of the new epoch. */
export function recordAfter(
  record: ConversationRecord,
  change: Exclude<LogChange, { kind: 'named' }>,
): ConversationRecord {
  const { log, start } = change;
  const epoch = record.epoch + 1;
  const { name, isIn } = record;
  const member = isIn !== undefined && { isIn };
  if (change.kind !== 'put-back') {
    const last = change.kind === 'rewound' ? change.common : record.cursor;
    const alike = alikeAfter(record, last, 0);
    return { name, log, epoch, earlier: [], alike, cursor: start, read: start, ...member };
  }
  // Messages of this device after `start` belong to the ending epoch, even if the logs are the same a little further.
  const earlier = [{ log: record.log, last: start }, ...record.earlier].map((one) => ({
    ...one,
    last: Math.min(one.last, start),
  }));
  // What came in the ending epoch after `start` may have been in the log before as well, of which this device had less:
  // a server that was put back to that has it again.
  const [ending, ...before] = alikeAfter(record, start, start);
  const { cursor } = record;
  const isAlike = ending !== undefined && (record.alike !== undefined || cursor > start);
  const alike = isAlike && { alike: [{ ...ending, last: cursor }, ...before] };
  const read = Math.min(record.read, start);
  return { name, log, epoch, earlier, ...alike, cursor: start, read, ...member };
}

/** What the log after that of `record` may be the same as, up to `last`. Up to `sure` it is that of `record`. */
function alikeAfter(
  { log, cursor, earlier, alike = [] }: ConversationRecord,
  last: number,
  sure: number,
): NonNullable<ConversationRecord['alike']> {
  const before = (alike.length > earlier.length ? alike : earlier).map((one, index) => {
    const known = earlier[index]?.last ?? 0;
    return { log: one.log, last: Math.max(alike[index]?.last ?? 0, known), sure: known };
  });
  return [{ log, last: cursor, sure }, ...before]
    .slice(0, maxAlike)
    .map((one) => ({ ...one, last: Math.min(one.last, last), sure: Math.min(one.sure, last) }));
}
