// The streams of an account's messages: each client numbers what it sends, so resending what may have been lost does
// not post it twice. The next number is accepted, an earlier one is a repeat, a later one is out of order.

import type { MessageId } from '../../wire/extended/names.ts';
import type { Account } from '../state.ts';
import { change, type Turn } from '../turn.ts';

/** How a number relates to its stream. */
export type StreamStanding =
  | { readonly kind: 'next' }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'early'; readonly expected: number };

/** Checks a number and changes nothing. An unknown stream may begin with any number. */
export function arrivalOf({ streams }: Account, { stream, number }: MessageId): StreamStanding {
  const last = streams?.get(stream);
  if (last === undefined || number === last + 1) return { kind: 'next' };
  return number <= last ? { kind: 'repeat' } : { kind: 'early', expected: last + 1 };
}

/** The last accepted number of a stream; 0 if the stream is unknown. */
export function lastOf({ streams }: Account, stream: string): number {
  return streams?.get(stream) ?? 0;
}

/** Accepts the next number. If there is no room, the least recently used stream is forgotten. */
export function accept(turn: Turn, account: Account, { stream, number }: MessageId): void {
  const streams = (account.streams ??= new Map());
  // Moved to the end of the order. Nearly every account has only one.
  if (streams.size > 1) streams.delete(stream);
  streams.set(stream, number);
  while (streams.size > turn.env.maxStreamsPerAccount) {
    const [oldest] = streams.keys();
    if (oldest === undefined) break;
    streams.delete(oldest);
    change(turn, { type: 'stream-removed', account: account.id, stream: oldest });
  }
  change(turn, { type: 'stream', stream: { account: account.id, stream, last: number } });
}

/** Accepted numbers could not be stored: the stream goes back to where it was `before`. */
export function takeBack(
  { streams }: Account,
  { stream, number }: MessageId,
  before: number | undefined,
): void {
  const last = streams?.get(stream);
  // An earlier number may have been taken back already, with all that followed.
  if (last === undefined || last < number) return;
  if (before === undefined) streams?.delete(stream);
  else streams?.set(stream, before);
}
