// The people whom a guest has blocked: the server stores such a list for accounts only. It exists only in this client,
// as long as it runs: messages of blocked people reach this program and are dropped unread. A block is by name,
// ignoring case.

import { err, ok } from '../lib/result.ts';
import { failures } from '../wire/extended/failures.ts';
import type { Username } from '../wire/text.ts';
import type { RequestAnswer } from './pending-requests.ts';
import type { ServerEvent } from './connection/server-link.ts';

/** As many as the server stores for an account. */
const maxBlocked = 1000;

export class GuestBlocks {
  readonly #me: Username;
  readonly #blocked = new Map<string, Username>();

  constructor(me: Username) {
    this.#me = me;
  }

  /** Blocks or unblocks a person, if one is named. Returns everybody who is blocked. */
  block(user: Username | undefined, off: boolean): RequestAnswer<'BLOCK'> {
    const folded = user?.toLowerCase();
    if (user !== undefined && folded !== undefined) {
      if (folded === this.#me.toLowerCase()) return refuse('to-yourself');
      if (off) this.#blocked.delete(folded);
      else if (this.#blocked.has(folded) || this.#blocked.size < maxBlocked) {
        this.#blocked.set(folded, user);
      } else return refuse('too-many-blocks');
    }
    return ok({ verb: 'BLOCKED', label: undefined, people: [...this.#blocked.values()] });
  }

  /** Whether a line from a blocked person is a private message, a step towards one, or an offer of a file. */
  drops(event: ServerEvent): boolean {
    switch (event.verb) {
      case 'PM':
      case 'REQUEST_PUBLIC_KEY':
      case 'FILE_TRANS':
        return this.#blocked.has(event.from.toLowerCase());
      default:
        return false;
    }
  }
}

function refuse(code: 'to-yourself' | 'too-many-blocks') {
  return err({ code, text: failures[code], expected: undefined, retryMs: undefined });
}
