// A message of others, as programs get it: made of what the client has received, or of what the device has stored.

import { currentOf } from '../amending/current.ts';
import type { ReceivedMessage } from '../client-event.ts';
import { textOf } from '../content.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import type { HistoryRecord } from '../store/store-port.ts';
import { parseConversation } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';

/** A message that somebody sent. */
export interface ChatMessage {
  /**
   * Where it was sent: the place for an answer with `say`. Undefined in groups of version 1, which do not say which
   * group it was.
   */
  readonly place: string | undefined;
  readonly kind: 'lobby' | 'group' | 'person';
  readonly from: string;
  /** Empty if this version does not know the kind of message. */
  readonly text: string;
  /** Whether it is from a later version of helo, of a kind that this one does not know. */
  readonly unknown: boolean;
  /** Whether nobody else could read it on the way, and the sender is proven. */
  readonly encrypted: boolean;
  /** The state of the sender's key: `verified`, `pinned`, or `changed`, which nobody here has trusted. */
  readonly key: KeyStanding | undefined;
  /** Whether the sender is a guest: another person may have the name tomorrow. */
  readonly guest: boolean;
  /** When the server received it, in milliseconds since 1970. Undefined in version 1. */
  readonly at: number | undefined;
  /** Its number in its conversation. Undefined if the server does not store it. */
  readonly seq: number | undefined;
  /** Whether it was sent before this connection. */
  readonly late: boolean;
}

export function chatMessage(message: ReceivedMessage): ChatMessage {
  const { place, from, content, encrypted, filed } = message;
  const group = 'group' in message ? message.group : undefined;
  return {
    place: place === 'lobby' ? 'lobby' : place === 'private' ? `@${from}` : group && `#${group}`,
    kind: place === 'private' ? 'person' : place,
    from,
    text: textOf(content),
    unknown: content.kind === 'unknown',
    encrypted,
    key: encrypted ? message.key : undefined,
    guest: filed?.guest ?? true,
    at: filed?.at,
    seq: filed?.seq,
    late: filed?.late ?? false,
  };
}

/** A message of the history, as it is now. Undefined of what cannot be read, or is deleted. */
export function messageOf(record: HistoryRecord, from: Username): ReceivedMessage | undefined {
  const { conversation, seq, at, guest, encrypted, key, unreadable } = record;
  const { content, deletion } = currentOf(record);
  const place = parseConversation(conversation);
  if (place === undefined || unreadable !== undefined || deletion !== undefined) return undefined;
  const filed = { conversation, seq, at, guest, own: false, late: true };
  if (place.kind === 'group') {
    const { group } = place;
    return encrypted
      ? { place: 'group', group, from, content, encrypted, key, filed }
      : { place: 'group', group, from, content, encrypted, filed };
  }
  if (place.kind === 'lobby') {
    return encrypted
      ? { place: 'lobby', from, content, encrypted, key, filed }
      : { place: 'lobby', from, content, encrypted, filed };
  }
  return encrypted && key !== undefined
    ? { place: 'private', from, content, encrypted: true, key, filed }
    : { place: 'private', from, content, encrypted: false, filed };
}
