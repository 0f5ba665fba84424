// The streams of an account's messages: each client numbers what it sends, so resending what may have been lost does
// not post it twice. The next number is accepted, an earlier one is a repeat, a later one is out of order.

import type { MessageId } from '../../wire/extended/names.ts';
import type { Account } from '../state.ts';
import { change, type Turn } from '../turn.ts';

/** What a number is to its stream. */
export type StreamStanding =
  | { readonly kind: 'next' }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'early'; readonly expected: number };

/** Looks at a number and takes nothing. A stream that nobody remembers may begin with any. */
export function arrivalOf({ streams }: Account, { stream, number }: MessageId): StreamStanding {
  const last = streams?.get(stream);
  if (last === undefined || number === last + 1) return { kind: 'next' };
  return number <= last ? { kind: 'repeat' } : { kind: 'early', expected: last + 1 };
}

/** The last number that was taken of a stream; 0 where nobody remembers it. */
export function lastOf({ streams }: Account, stream: string): number {
  return streams?.get(stream) ?? 0;
}

/** Takes a number that is next. The stream that was used least recently makes room. */
export function accept(turn: Turn, account: Account, { stream, number }: MessageId): void {
  const streams = (account.streams ??= new Map());
  // Last in the order again; nearly everybody has but one.
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

/** What was taken could not be stored: the stream is as far as it was `before`. */
export function takeBack(
  { streams }: Account,
  { stream, number }: MessageId,
  before: number | undefined,
): void {
  const last = streams?.get(stream);
  // What came behind it may be gone already, with all from there on.
  if (last === undefined || last < number) return;
  if (before === undefined) streams?.delete(stream);
  else streams?.set(stream, before);
}
