// Which log of a conversation's name a number belongs to, on this device. Logs of one name are counted in epochs: a new
// one begins when the server has another log, or was restored to an earlier state. What the current log has in common
// with the one before is not stored twice: such a number belongs to an earlier epoch, and is found there.

import type { ConversationRecord } from './store-port.ts';

export type LogEpochs = Pick<ConversationRecord, 'epoch' | 'earlier'>;

/** For an unknown conversation. */
export const noLineage: LogEpochs = { epoch: 0, earlier: [] };

/** The epoch with the message of that number in the current log. */
export function epochOf({ epoch, earlier }: LogEpochs, seq: number): number {
  const parted = earlier.findIndex(({ last }) => seq > last);
  return epoch - (parted < 0 ? earlier.length : parted);
}

/** The first epoch with a part of the current log. */
export function baseOf({ epoch, earlier }: LogEpochs): number {
  return epoch - earlier.length;
}

/** The epochs of the current log, each with its numbers. */
export function partsOf(
  epochs: LogEpochs,
): { readonly epoch: number; readonly after: number; readonly last: number }[] {
  const { epoch, earlier } = epochs;
  return [
    { epoch, after: earlier[0]?.last ?? 0, last: Number.MAX_SAFE_INTEGER },
    ...earlier.map(({ last }, index) => ({
      epoch: epoch - index - 1,
      after: earlier[index + 1]?.last ?? 0,
      last,
    })),
  ];
}
