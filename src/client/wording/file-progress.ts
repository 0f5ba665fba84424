// The progress of files, in one line: of the one that is moving, or of all together.

import { groupWords, peerWords } from '../files/file-peer.ts';
import type { Transfer } from '../files/transfer.ts';
import { formatBytes, formatSeconds, formatShare } from './amounts.ts';
import { harmless } from './sanitize.ts';

const maxNameLength = 32;

/** The name of a file for a line: printable, and cut if it is long. */
export function shownName(name: string): string {
  const characters = Array.from(harmless(name));
  return characters.length <= maxNameLength
    ? characters.join('')
    : `${characters.slice(0, maxNameLength - 1).join('')}…`;
}

/** Whose file it is, after "from"; whom it is for, after "to". */
export function whoseFile(transfer: Transfer): string {
  const { direction, peer, group } = transfer;
  if (direction === 'outgoing' || group === undefined) return peerWords(transfer);
  return `${peer} in ${groupWords(group)}`;
}

/** Whether work on it is in progress. */
export function isUnderWay({ state }: Transfer): boolean {
  switch (state.phase) {
    case 'hashing':
    case 'queued':
    case 'offering':
    case 'preparing':
    case 'moving':
    case 'confirming':
      return true;
    case 'held':
    case 'asking':
    case 'paused':
    case 'delivered':
    case 'kept':
    case 'saved':
    case 'ended':
      return false;
  }
}

/** `43 % of 1.2 GB, 12 MB/s, 0:32 left` */
export function formatProgress(transfers: readonly Transfer[]): string {
  const sum = (of: (transfer: Transfer) => number): number =>
    transfers.reduce((total, transfer) => total + of(transfer), 0);
  const done = sum(({ doneBytes }) => doneBytes);
  const whole = sum(({ size }) => size);
  const perSecond = sum(({ bytesPerSecond }) => bytesPerSecond ?? 0);
  const far = `${formatShare(done, whole)} of ${formatBytes(whole)}`;
  if (perSecond < 1) return far;
  const left = formatSeconds((whole - done) / perSecond);
  return `${far}, ${formatBytes(perSecond)}/s, ${left} left`;
}

/** The moving files, for a line that is drawn repeatedly. Undefined if there are none. */
export function formatStatus(transfers: readonly Transfer[]): string | undefined {
  const moving = transfers.filter(
    ({ state }) => state.phase === 'moving' || state.phase === 'hashing',
  );
  const [first, ...others] = moving;
  if (first === undefined) return undefined;
  if (others.length > 0) return `${moving.length} files: ${formatProgress(moving)}`;
  const name = shownName(first.name);
  if (first.state.phase === 'hashing') return `reading ${name}: ${formatProgress(moving)}`;
  const way =
    first.direction === 'outgoing' ? `to ${whoseFile(first)}` : `from ${whoseFile(first)}`;
  return `${name} ${way}: ${formatProgress(moving)}`;
}

/** The state of a file in a few words, with its progress if it is moving. */
export function standing(transfer: Transfer): string {
  const { state, direction, number } = transfer;
  switch (state.phase) {
    case 'hashing':
    case 'moving':
      return formatProgress([transfer]);
    case 'queued':
      return 'waits for its turn';
    case 'offering':
    case 'preparing':
      return 'about to begin';
    case 'held':
      return 'waits for your word about a changed key';
    case 'asking':
      return direction === 'outgoing'
        ? 'they are asked'
        : `/accept ${number} or /decline ${number}`;
    case 'confirming':
      return 'not confirmed yet';
    case 'paused':
      return `interrupted, ${formatProgress([transfer])}`;
    case 'delivered':
      return 'delivered';
    case 'kept':
      return `the server keeps it, encrypted; /cancel ${number} deletes it there`;
    case 'saved':
      return state.path;
    case 'ended':
      return 'not delivered';
  }
}
