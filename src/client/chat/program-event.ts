// The events of a client as a program gets them: beside the content of a message is its text. It is empty if this
// version of helo does not know the content.

import type { ClientEvent, OwnMessage, ReceivedMessage } from '../client-event.ts';
import { isKeptFile, textOf, type MessageContent } from '../content.ts';

/** With the text of its content. */
export type WithText<T extends { readonly content: MessageContent }> = T & {
  readonly text: string;
};

/** A changed state of an own message. */
export type ProgramOwnMessage = WithText<OwnMessage>;

type BroadcastSent = Extract<ClientEvent, { readonly type: 'broadcast-sent' }>;

export type ProgramEvent =
  | Exclude<ClientEvent, { readonly type: 'message' | 'own' | 'broadcast-sent' }>
  | { readonly type: 'message'; readonly message: WithText<ReceivedMessage> }
  | { readonly type: 'own'; readonly message: ProgramOwnMessage }
  | WithText<BroadcastSent>;

export function programEvent(event: ClientEvent): ProgramEvent {
  switch (event.type) {
    case 'message':
      return { type: 'message', message: withText(event.message) };
    case 'own':
      return { type: 'own', message: withText(event.message) };
    case 'broadcast-sent':
      return withText(event);
    default:
      return event;
  }
}

export function withText<T extends { readonly content: MessageContent }>(of: T): WithText<T> {
  const { content } = of;
  // A program takes no files, and must not write their keys into a log.
  const shown = isKeptFile(content) ? { content: { ...content, key: new Uint8Array(0) } } : {};
  return { ...of, ...shown, text: textOf(content) };
}
