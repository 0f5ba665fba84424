// The server's side of one sealed group, in memory: its log, and what it gives out to those who enter. Honest as it is;
// what a test puts into `shown`, `tamper` and `isLax` makes it lie.
import assert from 'node:assert/strict';
import type { EntryMaterial } from '../../../src/client/encryption/group/entry.ts';
import { rosterItemsOf } from '../../../src/client/encryption/group/group-line.ts';
import { enteringDevice } from '../../../src/client/encryption/group/reading.ts';
import type { MadeCommit } from '../../../src/client/encryption/group/writing.ts';
import { decodeBase64url } from '../../../src/lib/base64url.ts';
import type { ExtendedEventOf, RosterItem } from '../../../src/wire/extended/events.ts';
import { parseLink } from '../../../src/wire/statements/chain-link.ts';
import type { ConversationName } from '../../../src/wire/extended/names.ts';
import type { Username } from '../../../src/wire/text.ts';

export type Said = ExtendedEventOf<'MSG'>;

export const lunch = '#lunch' as ConversationName;

/** As the real one (hub/groups/sealed/trees.ts). */
const keptTrees = 4;

/** The server's side of the group. */
export class GroupServer {
  readonly conversation: ConversationName;
  readonly log: Said[] = [];
  readonly items: RosterItem[] = [];
  readonly infos: { at: number; info: Uint8Array }[] = [];
  readonly trees: { at: number; bytes: Uint8Array; by?: string }[] = [];
  /** What is shown in place of a line to one person; undefined: nothing. */
  readonly shown = new Map<string, Said | undefined>();
  /** Changes what is put into the log. */
  tamper: (line: Partial<Said>) => Partial<Said> = (line) => line;
  /** Whether commits that have not seen the last one go in all the same. */
  isLax = false;
  readonly #revoked = new Map<string, number>();
  lastCommit = 0;
  lastOut = 0;

  constructor(conversation = lunch) {
    this.conversation = conversation;
  }

  get last(): number {
    return this.log.length;
  }

  /** The line at `seq` as it is shown to `who`. */
  lineFor(who: string, seq: number): Said | undefined {
    const place = `${who} ${seq}`;
    return this.shown.has(place) ? this.shown.get(place) : this.log[seq - 1];
  }

  /** A commit, or `stale`. Where it is sent again, it keeps its number. */
  commit(from: Username, { fields }: MadeCommit, localId: string): number | 'stale' {
    const id = localId;
    const again = this.log.find((line) => line.id === id && line.from === from);
    if (again?.seq !== undefined) return again.seq;
    if (fields.seen !== this.lastCommit && !this.isLax) return 'stale';
    const { tree, ...rest } = fields;
    const line = this.append(this.tamper({ ...rest, from, id }));
    this.lastCommit = line.seq ?? 0;
    this.infos.unshift({ at: this.lastCommit, info: bytesOf(line.info ?? fields.info) });
    this.infos.splice(3);
    if (tree !== undefined) this.trees.unshift({ at: this.lastCommit, bytes: bytesOf(tree) });
    const putsOut = fields.kind === 'remove' && (fields.records?.length ?? 0) > 0;
    if (putsOut || this.#revokes(fields.chain)) this.lastOut = this.lastCommit;
    return this.lastCommit;
  }

  /** Whether a chain revokes more than it did in an earlier line. */
  #revokes(chain: readonly string[] = []): boolean {
    const kinds = chain.map((link) => parseLink(bytesOf(link))?.body.kind);
    const [root = ''] = chain;
    const count = kinds.filter((kind) => kind === 'revoke').length;
    const before = this.#revoked.get(root) ?? 0;
    this.#revoked.set(root, Math.max(before, count));
    return count > before;
  }

  /** A sealed message, or `stale`. */
  send(from: Username, sealed: string, seen: number, on: number): number | 'stale' {
    const commits = this.log.filter(({ kind }) => kind !== undefined).map(({ seq = 0 }) => seq);
    const third = commits.at(-3) ?? 0;
    if (on < third || on < this.lastOut) return 'stale';
    return this.append({ from, sealed, seen, on }).seq ?? 0;
  }

  /** The server's own word that somebody is out. */
  out(user: Username, why: 'left' | 'kicked' | 'removed'): number {
    const { seq = 0 } = this.append({ out: { user, why } });
    this.lastOut = seq;
    return seq;
  }

  append(fields: Partial<Said>): Said {
    const line: Said = {
      verb: 'MSG',
      in: this.conversation,
      seq: this.log.length + 1,
      at: this.log.length,
      ...fields,
    };
    this.log.push(line);
    this.items.push(...rosterItemsOf(line, enteringDevice(line)));
    return line;
  }

  /** Somebody leaves a tree: the last ones are kept, one of each, and the one of the founding. */
  leaveTree(tree: { readonly at: number; readonly bytes: Uint8Array }, by: string): void {
    const founding = this.trees.at(-1);
    const others = this.trees.slice(0, -1).filter((one) => one.by !== by);
    const kept = [{ ...tree, by }, ...others].slice(0, keptTrees - 1);
    this.trees.splice(0, this.trees.length, ...kept, ...(founding === undefined ? [] : [founding]));
  }

  /** What is needed to enter, with the latest tree. */
  material(tree = this.trees[0] ?? assert.fail('there is a tree')): EntryMaterial {
    const about = this.log.filter(({ kind, records, out }) => kind ?? records ?? out);
    return {
      items: this.items,
      tree,
      lines: about.filter(({ seq = 0 }) => seq >= tree.at),
      infos: this.infos,
      lastOut: this.lastOut,
    };
  }

  /** The same with one tree after the other. */
  materials(): EntryMaterial[] {
    return this.trees.map((tree) => this.material(tree));
  }
}

function bytesOf(token: string): Uint8Array {
  return decodeBase64url(token) ?? assert.fail();
}
