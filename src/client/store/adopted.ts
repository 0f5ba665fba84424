// What an earlier version has kept as it came because it did not know it, as what it is in this one: edits, deletions,
// reactions and pins belong to their messages, what disappears gets its end, and timers of private conversations hold. For the
// stores, which do it once after an upgrade. In a group it is not known any more whether a timer or a
// pin was from one who may set it.
import { contentCodes, decodeContent, isAmendment, ttlOf } from '../content.ts';
import type { ConversationTimers } from '../expiring/conversation-timers.ts';
import { longestLifeMs } from '../../wire/expiry.ts';
import { isPrivateConversation } from '../../wire/extended/names.ts';
import type { AmendedChange, HistoryRecord } from './store-port.ts';

/** Contents with these codes, and those between, may be that. */
export const adoptedCodes = [contentCodes.edit, contentCodes.pin] as const;

/** What is to be done with a message that is stored. Undefined: nothing. */
export type Adopted =
  /** It is no message: it goes. `change`: what it says of another one; `onlyIfHere`: if that one is here. */
  | { readonly kind: 'said'; readonly change: AmendedChange; readonly onlyIfHere: boolean }
  /** It ends, and is written anew. */
  | { readonly kind: 'ends'; readonly ends: number };

/** `now`: the wall clock, near which the age of an account begins. Timers are set in `timers`; returns what else is to be done. */
export function adopted(
  message: HistoryRecord,
  timers: ConversationTimers,
  now: number,
): Adopted | undefined {
  const { content, conversation, from, guest, at, seq, key, unreadable, ends } = message;
  const ttl = ttlOf(content);
  if (ttl !== undefined) {
    const latest = now + longestLifeMs(ttl);
    return ends !== undefined && ends <= latest ? undefined : { kind: 'ends', ends: latest };
  }
  if (from === undefined || seq === undefined || guest) return undefined;
  if (content.kind === 'timer') {
    const isTrusted = key !== 'changed' && unreadable === undefined;
    if (isPrivateConversation(conversation) && isTrusted)
      timers.set(conversation, content.seconds, at, seq);
    return undefined;
  }
  const known = content.kind === 'unknown' ? decodeContent(content) : undefined;
  if (known === undefined || !isAmendment(known)) return undefined;
  if (known.kind === 'pin' && !isPrivateConversation(conversation)) return undefined;
  const { target } = known;
  const amendment = { content: known, by: from, at, seq, asAdmin: false };
  const change = { type: 'amended', conversation, target, amendment } as const;
  return { kind: 'said', change, onlyIfHere: ttlOf(known) !== undefined };
}
