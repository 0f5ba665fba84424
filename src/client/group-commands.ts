// Group commands that wait for the server's reply. Replies have no label [7.6, 7.7, 7.9, 7.10], but come in the order
// of the commands; each is recognised by what can answer it.

import { err, ok, type Result } from '../lib/result.ts';
import type { SoftCode, SuccessCode } from '../wire/replies.ts';
import type { Sent } from './chat-client.ts';
import type { ClientEvent } from './client-event.ts';

/** Why it was not done: a code of the server or of this client, and words for people. */
export interface GroupRefusal {
  readonly code: string;
  readonly text: string;
}

export type GroupVerb = 'CREATE_GROUP' | 'JOIN_GROUP' | 'LEAVE_GROUP' | 'KICK';

interface Waiting {
  readonly verb: GroupVerb;
  readonly group: string;
  readonly settle: (answer: Result<undefined, GroupRefusal>) => void;
}

type Reply = Extract<ClientEvent, { readonly type: 'success' | 'refused' }>;

const confirmations: Readonly<Record<GroupVerb, SuccessCode>> = {
  CREATE_GROUP: 'group-created',
  JOIN_GROUP: 'group-entered',
  LEAVE_GROUP: 'group-left',
  KICK: 'member-kicked',
};

const ofAll = ['store-failed', 'lobby-only'] as const;

const refusals: Readonly<Record<GroupVerb, ReadonlySet<SoftCode>>> = {
  CREATE_GROUP: new Set([...ofAll, 'group-exists', 'group-name-invalid', 'too-many-groups']),
  JOIN_GROUP: new Set([...ofAll, 'no-such-group', 'already-member', 'banned', 'sealed-group']),
  LEAVE_GROUP: new Set([...ofAll, 'no-such-group', 'not-a-member', 'admin-cannot-leave']),
  KICK: new Set([
    ...ofAll,
    'no-such-group',
    'not-allowed-to-kick',
    'cannot-kick-yourself',
    'user-not-a-member',
    'ban-list-full',
  ]),
};

/** The result is unknown: the connection ended, or the server has sent something else. */
const unanswered: GroupRefusal = { code: 'not-open', text: 'the connection was lost' };

export class GroupCommands {
  #waiting: Waiting[] = [];

  /** A command was sent, or not. Resolves when it is answered, or never will be. */
  ask(verb: GroupVerb, group: string, sent: Sent): Promise<Result<undefined, GroupRefusal>> {
    if (!sent.ok) return Promise.resolve(err({ code: sent.error.code, text: sent.error.hint }));
    return new Promise((settle) => this.#waiting.push({ verb, group, settle }));
  }

  /** Whether `reply` answers one of them. If so, its caller gets it. */
  answered({ type, reply }: Reply): boolean {
    const { code, text, values } = reply;
    const at = this.#waiting.findIndex(({ verb, group }) =>
      type === 'success'
        ? code === confirmations[verb] && values['group'] === group
        : code !== undefined && refusals[verb].has(code as SoftCode),
    );
    if (at === -1) return false;
    // Replies come in order: earlier commands were answered in words that are unknown here.
    const passed = this.#waiting.splice(0, at + 1);
    const answered = passed.pop();
    for (const { settle } of passed) settle(err({ code: 'refused', text: 'it was not done' }));
    answered?.settle(type === 'success' ? ok(undefined) : err({ code: code ?? 'refused', text }));
    return true;
  }

  /** The connection has ended: nothing is answered any more. */
  lost(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { settle } of waiting) settle(err(unanswered));
  }
}
