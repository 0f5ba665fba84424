// What a simulated server has kept of conversations, by their numbers: one line of events, until the server is put back to
// an earlier state and another line begins.
import assert from 'node:assert/strict';
import type { Commit } from '../../../src/hub/store-port.ts';
import { parseExtendedEvent } from '../../../src/wire/extended/events.ts';

export interface Post {
  readonly from: string | undefined;
  readonly id: string | undefined;
  readonly at: number;
  readonly seq: number;
  /** Of what everybody can read. */
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

  /** The line that begins where these logs have gone on to `lasts` only, and what it has lost. */
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
