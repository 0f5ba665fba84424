// The side of a device that gives its history to another one of the account: block by block, the newest first, each sealed
// and left at the server, and then said. What was given is on the disk, so a crash on either side costs one piece. No more
// pieces lie at the server than the other side will soon fetch. Who has it all gets what has come meanwhile, once.

import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { formatHex } from '../../lib/bytes.ts';
import { pieceKeyBytes, type PieceSealer } from '../../e2ee/history/piece-sealer.ts';
import type { BlobFailure, Blobs } from '../blobs/blobs.ts';
import type { RandomBytes, Timers } from '../ports.ts';
import type { HistoryBlock, HistoryExport } from './history-export.ts';
import type { Giving, HistoryWord, WordOf } from './transfer-notes.ts';

/** So many pieces wait at the server for the other side. */
export const mostAhead = 32;
/** What can't be done now is tried again after this time, unless the server names one. */
export const transferRetryMs = 2_000;
/** After so many the rest comes as it is said. */
const mostRounds = 2;
/** A block that is lost on its way is given again so often. Then it is left out: a server may lose each of them. */
const mostLost = 3;

export interface GiverPorts {
  readonly export: Pick<HistoryExport, 'blocks' | 'pieces'>;
  readonly sealer: (key: Uint8Array) => PieceSealer | undefined;
  readonly blobs: () => Blobs | undefined;
  readonly random: RandomBytes;
  readonly timers: Timers;
  /** Resolves to whether it will be said. */
  readonly say: (word: HistoryWord, subject?: string) => Promise<boolean>;
  /** Keeps the state as it is then. Resolves when it is on the disk. */
  readonly keep: () => Promise<void>;
  /** `blocks` of it are given of `all`. */
  readonly moved: (blocks: number, all: number) => void;
  readonly over: (why: 'all' | 'refused' | 'revoked', text?: string) => void;
  /** How many devices of the account are revoked. */
  readonly revoked: () => Promise<number>;
}

export class HistoryGiver {
  readonly #ports: GiverPorts;
  #state: Giving | undefined;
  #isConnected = false;
  #isRunning = false;
  /** Something has come while a round ran that may need another one. */
  #isDue = false;
  #wake: (() => void) | undefined;
  /** The last of these that was said in this run. */
  #saidEnd: number | undefined;
  /** The block that is being given, and whether a part of it was lost meanwhile. */
  #current: { readonly name: string; isLost: boolean } | undefined;

  constructor(ports: GiverPorts, state: Giving | undefined) {
    this.#ports = ports;
    this.#state = state;
  }

  get state(): Giving | undefined {
    return this.#state;
  }

  /** Gives the history to the device with the key `to`. What was given to another one before ends. */
  async begin(to: Uint8Array): Promise<void> {
    const { random, say, keep, revoked, export: exported } = this.#ports;
    const [id, key] = [formatHex(random(16)), encodeBase64url(random(pieceKeyBytes))];
    const counts = { given: 0, took: 0, rounds: 0, ends: 0, answered: 0 };
    const fresh = { ...counts, done: {}, lost: {}, revoked: await revoked() };
    const state: Giving = { id, key, to: encodeBase64url(to), ...fresh };
    const blocks = await exported.blocks();
    this.#saidEnd = undefined;
    this.#current = undefined;
    await say({ say: 'give', id, to: state.to, key, blocks: blocks.length });
    this.#state = state;
    await keep();
    this.login();
  }

  login(): void {
    this.#isConnected = true;
    this.#isDue = true;
    this.#moved();
    void this.#run();
  }

  logout(): void {
    this.#isConnected = false;
    this.#moved();
  }

  /** Nothing more is given. */
  async stop(): Promise<void> {
    const { say, keep } = this.#ports;
    const state = this.#state;
    if (state === undefined) return;
    this.#state = undefined;
    this.#moved();
    await say({ say: 'over', id: state.id });
    await keep();
  }

  /** What the other side says. Returns whether it changes the state, which is to be stored with it. */
  heard(word: WordOf<'took' | 'lost' | 'all'>): boolean {
    const state = this.#state;
    if (state === undefined || word.id !== state.id) return false;
    switch (word.say) {
      case 'took':
        this.#state = { ...state, took: Math.max(state.took, word.pieces) };
        break;
      case 'lost':
        if (!this.#isLost(state, blockOf(word.name))) return false;
        break;
      case 'all': {
        // The same answer may come again, also while more is on its way: then it ends nothing.
        const { ends, answered, given, took } = state;
        const isLast = word.n === undefined ? took >= given : word.n === ends;
        if (!isLast || answered === ends) return false;
        this.#state = { ...state, rounds: state.rounds + 1, answered: ends };
      }
    }
    this.#isDue ||= word.say !== 'took';
    this.#moved();
    void this.#run();
    return true;
  }

  /** A part of `block` was lost: all of it is given again, or it is left out. Returns whether that changes the state. */
  #isLost(state: Giving, block: string): boolean {
    const current = this.#current?.name === block ? this.#current : undefined;
    const times = (state.lost[block] ?? 0) + 1;
    // Of several lost parts each says so.
    const isKnown = current?.isLost ?? state.done[block] === undefined;
    if (isKnown || times > mostLost + 1) return false;
    const lost = { ...state.lost, [block]: times };
    this.#state = { ...state, lost };
    if (times > mostLost) return true;
    if (current !== undefined) current.isLost = true;
    const { [block]: _, ...done } = state.done;
    this.#state = { ...state, lost, done };
    return true;
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      do this.#isDue = false;
      while (
        this.#isConnected &&
        this.#state !== undefined &&
        ((await this.#round()) || this.#isDue)
      );
    } catch {
      // The store is closed, or the disk has failed: this client ends, and the next start goes on.
      this.#isConnected = false;
    } finally {
      this.#isRunning = false;
    }
  }

  /** Gives what is not given yet. Returns whether there may be more to do. */
  async #round(): Promise<boolean> {
    const { export: exported, say, keep, over } = this.#ports;
    const blocks = await exported.blocks();
    const state = this.#state;
    if (state === undefined) return false;
    const { rounds, id, done, lost, ends, answered } = state;
    // In the end what was lost comes once more, and nothing that is new.
    const isDue = ({ name, stamp }: HistoryBlock) =>
      rounds < mostRounds ? done[name] !== stamp : done[name] === undefined && name in lost;
    const left = blocks.filter(isDue);
    if (left.length === 0 && rounds > 0 && answered === ends) {
      const missing = Object.values(lost).filter((times) => times > mostLost).length;
      await say({ say: 'over', id, ...(missing > 0 && { missing }) });
      this.#state = undefined;
      // Said before it is kept: after a crash in between it is said again.
      over('all', missingWords(missing));
      await keep();
      return false;
    }
    let all = blocks.length;
    for (const [index, block] of left.entries()) {
      all = Math.max(all, left.length);
      const given = await this.#give(block, blocks.length - left.length + index + 1, all);
      if (!given || this.#state?.id !== id) return false;
    }
    await this.#sayEnd(id, left.length > 0);
    // Whatever is said next begins another round.
    return this.#state !== undefined && this.#state.rounds !== rounds;
  }

  /** Says that this was all: with a number of its own, if something has been given since, or nothing was said yet. */
  async #sayEnd(id: string, isNew: boolean): Promise<void> {
    const state = this.#state;
    if (state?.id !== id) return;
    const isFirst = state.ends === state.answered;
    const n = isNew || isFirst ? state.ends + 1 : state.ends;
    if (this.#saidEnd === n) return;
    this.#saidEnd = n;
    this.#state = { ...state, ends: n };
    await this.#ports.keep();
    await this.#ports.say({ say: 'end', id, n }, `end ${id}`);
  }

  async #give(block: HistoryBlock, done: number, blocks: number): Promise<boolean> {
    const { export: exported, sealer, say, keep, moved, random } = this.#ports;
    const { id, key } = this.#state ?? {};
    const seal = sealer(decodeBase64url(key ?? '') ?? new Uint8Array(0));
    if (id === undefined || seal === undefined || (await this.#isKeyOut())) return false;
    const pieces = await exported.pieces(block);
    const current = (this.#current = { name: block.name, isLost: false });
    for (const [part, content] of pieces.entries()) {
      if (!(await this.#hasRoom())) return false;
      const name = `${part} ${block.name}`;
      const sealed = await seal.seal(name, content);
      const blob = formatHex(random(16));
      if (!(await this.#put(blob, sealed))) return false;
      const size = sealed.length;
      while (!(await say({ say: 'piece', id, name, blob, size, done, blocks })))
        if (!(await this.#pause(transferRetryMs))) return false;
    }
    const state = this.#state;
    if (state?.id !== id) return false;
    const { [block.name]: _, ...others } = state.done;
    this.#current = undefined;
    this.#state = {
      ...state,
      done: current.isLost ? others : { ...others, [block.name]: block.stamp },
      given: state.given + pieces.length,
    };
    await keep();
    moved(done, blocks);
    return true;
  }

  /** Ends it where a device was revoked since it was begun: that one has heard the key too. */
  async #isKeyOut(): Promise<boolean> {
    const { revoked, over } = this.#ports;
    const now = await revoked();
    if (this.#state === undefined || now <= this.#state.revoked) return false;
    await this.stop();
    over('revoked');
    return true;
  }

  /** Waits until the other side has fetched enough. */
  async #hasRoom(): Promise<boolean> {
    for (;;) {
      const state = this.#state;
      if (state === undefined || !this.#isConnected) return false;
      if (state.given - state.took < mostAhead) return true;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #put(blob: string, sealed: Uint8Array): Promise<boolean> {
    for (;;) {
      const put = await this.#ports.blobs()?.put('history', blob, sealed);
      if (put?.ok === true) return true;
      const failure: BlobFailure = put?.error ?? { kind: 'gone' };
      if (failure.kind === 'gone') return false;
      if (failure.kind === 'refused' && failure.code !== 'file-quota') {
        this.#ports.over('refused', failure.text);
        return false;
      }
      const retryMs = failure.kind === 'interrupted' ? failure.retryMs : undefined;
      if (!(await this.#pause(retryMs ?? transferRetryMs))) return false;
    }
  }

  /** Whether the connection is still there after some time, or once the other side has said something. */
  async #pause(ms: number): Promise<boolean> {
    let cancel = () => {};
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      cancel = this.#ports.timers.after(ms, resolve);
    });
    cancel();
    return this.#isConnected && this.#state !== undefined;
  }

  #moved(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** What a person is told of a history of which blocks are missing. */
export function missingWords(missing = 0): string | undefined {
  if (missing === 0) return undefined;
  return missing === 1 ? '1 part of it' : `${missing} parts of it`;
}

/** The block of a piece. */
function blockOf(name: string): string {
  return name.slice(name.indexOf(' ') + 1);
}
