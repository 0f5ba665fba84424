// Commands about groups as promises. Their replies bear no mark [7.6, 7.7, 7.9], but come in the order of the commands.

import { ChatError } from './chat-error.ts';
import type { Sent } from './chat-client.ts';
import type { ClientEvent } from './client-event.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: ChatError) => void;
}

type Answer = Extract<ClientEvent, { readonly type: 'success' | 'refused' }>;

/** What answers one of these commands, and nothing else. */
const confirmations: ReadonlySet<string> = new Set([
  'group-created',
  'group-entered',
  'group-left',
]);
const refusals: ReadonlySet<string> = new Set([
  'group-exists',
  'no-such-group',
  'already-member',
  'banned',
  'not-a-member',
  'admin-cannot-leave',
  'group-name-invalid',
  'too-many-groups',
]);

export class GroupCommands {
  #waiting: Waiting[] = [];

  /** A command was sent, or was not. */
  ask(sent: Sent): Promise<void> {
    if (!sent.ok) return Promise.reject(new ChatError(sent.error.code, sent.error.hint));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  answered({ type, reply }: Answer): void {
    const { code, text } = reply;
    if (type === 'success' && confirmations.has(code ?? '')) this.#waiting.shift()?.resolve();
    if (type === 'refused' && refusals.has(code ?? '')) {
      this.#waiting.shift()?.reject(new ChatError(code ?? 'refused', text));
    }
  }

  /** The connection is gone: nothing is answered any more. */
  lost(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(new ChatError('not-open', 'the connection was lost'));
  }
}
