// A sealed group's log as a server keeps it in the tests: it compares numbers of commit lines, and knows no keys.
import assert from 'node:assert/strict';

export interface CommitLine {
  readonly type: 'commit';
  readonly by: string;
  readonly id: string;
  /** The commit line that the committer had seen last, and the one that its state comes from. */
  readonly seen: number;
  readonly on: number;
  readonly bytes: Uint8Array;
  readonly info: Uint8Array;
  /** Who is put out by the records beside it. */
  readonly outs: readonly string[];
}

export interface TextLine {
  readonly type: 'text';
  readonly by: string;
  /** -1 in what a lying server adds. */
  readonly seen: number;
  readonly on: number;
  readonly bytes: Uint8Array;
}

/** The server's own word, or a record: somebody is out, or may come in again. */
export interface RosterLine {
  readonly type: 'out' | 'admit';
  readonly name: string;
}

export type Line = CommitLine | TextLine | RosterLine;

/** Lines are numbered from 1; 0 is the founding. */
export class GroupLog {
  readonly lines: Line[] = [];
  /** Who is out after each line. */
  readonly #out: ReadonlySet<string>[] = [new Set()];
  readonly #lastCommits = [0];
  /** The last line that put somebody out. Texts need a commit behind it. */
  lastOut = 0;
  /** After each line: which commit on a parent is the group's. */
  readonly #settled: ReadonlyMap<number, number>[] = [new Map()];
  /** With what people enter, and from which commit line that is. */
  info: { readonly at: number; readonly bytes: Uint8Array };
  trees: { readonly at: number; readonly bytes: Uint8Array }[];

  constructor(info: Uint8Array, tree: Uint8Array) {
    this.info = { at: 0, bytes: info };
    this.trees = [{ at: 0, bytes: tree }];
  }

  get end(): number {
    return this.lines.length;
  }

  get lastCommit(): number {
    return this.#lastCommits[0] ?? 0;
  }

  line(at: number): Line {
    return this.lines[at - 1] ?? assert.fail(`no line ${at}`);
  }

  parentOf(at: number): number {
    const line = this.line(at);
    return line.type === 'commit' ? line.on : assert.fail(`no commit at ${at}`);
  }

  outAt(at: number): ReadonlySet<string> {
    return this.#out[at] ?? assert.fail();
  }

  settledAt(at: number): ReadonlyMap<number, number> {
    return this.#settled[at] ?? assert.fail();
  }

  /** Whether the line was accepted. `forced` is what a lying server adds. */
  append(line: Line, forced = false): boolean {
    if (line.type === 'commit' && line.seen !== this.lastCommit) return false;
    if (line.type === 'text' && !forced) {
      const fresh = this.#lastCommits.slice(0, 3).includes(line.on) && line.on >= this.lastOut;
      if (!fresh || this.outAt(this.end).has(line.by)) return false;
    }
    this.lines.push(line);
    const out = new Set(this.outAt(this.end - 1));
    if (line.type === 'out') out.add(line.name);
    if (line.type === 'admit') out.delete(line.name);
    if (line.type === 'commit') for (const name of line.outs) out.add(name);
    this.#out.push(out);
    if (line.type === 'out' || (line.type === 'commit' && line.outs.length > 0)) {
      this.lastOut = this.end;
    }
    this.#settle(line, forced);
    if (line.type === 'commit') {
      this.#lastCommits.unshift(this.end);
      this.info = { at: this.end, bytes: line.info };
    }
    return true;
  }

  /** Of several commits on one parent the group's is the first on which an entry of another account stands. */
  #settle(line: Line, forced: boolean): void {
    const settled = new Map(this.settledAt(this.end - 1));
    if ((line.type === 'commit' || line.type === 'text') && !forced) {
      for (let at = line.on; at > 0; at = this.parentOf(at)) {
        const below = this.line(at);
        const stands = below.type === 'commit' && below.by !== line.by;
        const parent = this.parentOf(at);
        if (stands && !settled.has(parent)) settled.set(parent, at);
      }
    }
    this.#settled.push(settled);
  }

  /** The commit lines from `base` to `at`, if one leads to the other. */
  pathFrom(base: number, at: number): CommitLine[] | undefined {
    const path: CommitLine[] = [];
    let now = at;
    for (; now > base; now = this.parentOf(now)) {
      const line = this.line(now);
      if (line.type === 'commit') path.unshift(line);
    }
    return now === base ? path : undefined;
  }

  /** The number of `line`. */
  numberOf(line: Line): number {
    return this.lines.indexOf(line) + 1;
  }
}
