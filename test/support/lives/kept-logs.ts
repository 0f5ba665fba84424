// What a simulated server has stored of conversations, by their numbers: one history, until the server is restored to
// an earlier state and another history begins.
import assert from 'node:assert/strict';
import type { Commit } from '../../../src/hub/store-port.ts';
import { parseExtendedEvent } from '../../../src/wire/extended/events.ts';

export interface Post {
  readonly from: string | undefined;
  readonly id: string | undefined;
  readonly at: number;
  readonly seq: number;
  /** Only for public messages. */
  readonly text: string | undefined;
}

export type Posts = ReadonlyMap<number, Post>;

const none: Posts = new Map();

export class KeptLogs {
  readonly #posts = new Map<string, Map<number, Post>>();

  of(conversation: string): Posts {
    return this.#posts.get(conversation) ?? none;
  }

  copy(): KeptLogs {
    const logs = new KeptLogs();
    for (const [conversation, posts] of this.#posts) logs.#posts.set(conversation, new Map(posts));
    return logs;
  }

  commit({ segments }: Commit): void {
    for (const { bytes } of segments) {
      for (const line of Buffer.from(bytes).toString().split('\n')) {
        const said = parseExtendedEvent(line);
        if (said?.verb !== 'MSG' || said.seq === undefined) continue;
        const { from, id, at, seq, text } = said;
        const posts = this.#posts.get(said.in) ?? new Map<number, Post>();
        assert.ok(!posts.has(seq), `${said.in} ${seq} was given twice`);
        this.#posts.set(said.in, posts.set(seq, { from, id, at, seq, text }));
      }
    }
  }

  /** The history that begins after these logs were cut to `lasts`, and what was lost. */
  cutAt(lasts: ReadonlyMap<string, number>): { readonly logs: KeptLogs; readonly lost: Post[] } {
    const logs = new KeptLogs();
    const lost: Post[] = [];
    for (const [conversation, posts] of this.#posts) {
      const last = lasts.get(conversation) ?? 0;
      const kept = [...posts].filter(([seq]) => seq <= last);
      logs.#posts.set(conversation, new Map(kept));
      for (const post of posts.values()) if (post.seq > last) lost.push(post);
    }
    return { logs, lost };
  }
}
