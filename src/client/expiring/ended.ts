// What the stores of a client do alike about messages that disappear. When one ends nothing of it stays but its id, by
// which it is known if it comes once more: a server or a directory that was put back may bring it.
import { noTargetId, targetIdOf } from '../amending/target.ts';
import { ttlOf } from '../content.ts';
import type { HistoryRecord } from '../store/store-port.ts';

/** Ids of ended messages that a store remembers; of more the oldest are forgotten. */
export const maxEnded = 100_000;

/** By what an ended message is known. Undefined: it is of a kind that never ends. */
export function endedIdOf(message: HistoryRecord): string | undefined {
  if (!message.encrypted) return undefined;
  const id = targetIdOf(message);
  return id === noTargetId ? undefined : id;
}

/** A message whose time begins: it was read, at `age`. The same one where that changes nothing. */
export function begun<Message extends HistoryRecord>(message: Message, age: number): Message {
  const { ends, content } = message;
  const ttl = ttlOf(content);
  if (ends === undefined || message.begun === true) return message;
  // What is deleted has no content any more.
  const next = ttl === undefined ? ends : Math.min(ends, age + ttl * 1000);
  return { ...message, ends: next, begun: true };
}
