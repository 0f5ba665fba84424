// The side of a device that gets the history of another one of the account: fetches each piece that was said, opens it,
// stores what is not here, and only then forgets that it was to come. What is still to come is on the disk from the moment
// on in which it was said, so a crash costs one piece.

import { decodeBase64url } from '../../lib/base64url.ts';
import type { PieceSealer } from '../../e2ee/history/piece-sealer.ts';
import type { BlobFailure, Blobs } from '../blobs/blobs.ts';
import type { Timers } from '../ports.ts';
import { missingWords, transferRetryMs } from './history-giver.ts';
import type { HistoryWord, SealedPiece, Taking, WordOf } from './transfer-notes.ts';

/** More are said by no device: no more are kept. */
const mostPieces = 1_000;

export interface TakerPorts {
  /** Of this device, in base64url. */
  readonly ownKey: string;
  /** Stores what is in a piece. Resolves when it is on the disk. */
  readonly take: (content: Uint8Array) => Promise<unknown>;
  readonly sealer: (key: Uint8Array) => PieceSealer | undefined;
  readonly blobs: () => Blobs | undefined;
  readonly timers: Timers;
  readonly say: (word: HistoryWord, subject?: string) => Promise<boolean>;
  /** Keeps the state as it is then. Resolves when it is on the disk. */
  readonly keep: () => Promise<void>;
  readonly moved: (blocks: number, all: number) => void;
  readonly over: (why: 'all' | 'revoked', text?: string) => void;
  /** Whether the device with that key, in base64url, is one of the account no more. */
  readonly isRevoked: (device: string) => Promise<boolean>;
}

export class HistoryTaker {
  readonly #ports: TakerPorts;
  #state: Taking | undefined;
  #isConnected = false;
  #isRunning = false;
  /** Something has come while it ran. */
  #isDue = false;
  #cancelRetry: () => void = () => {};

  constructor(ports: TakerPorts, state: Taking | undefined) {
    this.#ports = ports;
    this.#state = state;
  }

  login(): void {
    this.#isConnected = true;
    void this.#run();
  }

  logout(): void {
    this.#isConnected = false;
    this.#cancelRetry();
  }

  get state(): Taking | undefined {
    return this.#state;
  }

  /** What the device `from` says. Returns whether it changes the state, which is to be stored with it. */
  heard(word: WordOf<'give' | 'piece' | 'end' | 'over'>, from: string): boolean {
    if (word.say === 'give') return this.#begin(word, from);
    const state = this.#state;
    if (state === undefined || state.id !== word.id || state.from !== from) return false;
    switch (word.say) {
      case 'piece': {
        const { name, blob, size, done, blocks } = word;
        if (state.pieces.length >= mostPieces) return false;
        const pieces = [...state.pieces.filter((one) => one.blob !== blob), { name, blob, size }];
        this.#state = { ...state, pieces, done, blocks, isAll: false };
        break;
      }
      case 'end':
        this.#state = { ...state, isAll: true, end: word.n };
        break;
      case 'over':
        this.#state = undefined;
        this.#ports.over('all', missingWords(word.missing));
        return true;
    }
    void this.#run();
    return true;
  }

  #begin({ id, to, key, blocks }: WordOf<'give'>, from: string): boolean {
    if (to !== this.#ports.ownKey || this.#state?.id === id) return false;
    this.#state = { id, key, from, pieces: [], took: 0, done: 0, blocks, isAll: false };
    this.#ports.moved(0, blocks);
    return true;
  }

  async #run(): Promise<void> {
    this.#isDue = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      do this.#isDue = false;
      while (this.#isConnected && ((await this.#next()) || this.#isDue));
    } catch {
      // The store is closed, or the disk has failed: this client ends, and the next start goes on.
      this.#isConnected = false;
    } finally {
      this.#isRunning = false;
    }
  }

  /** Returns whether there may be more to do. */
  #next(): Promise<boolean> {
    const [piece] = this.#state?.pieces ?? [];
    return piece === undefined ? this.#end() : this.#take(piece);
  }

  /** All that was said is here. */
  async #end(): Promise<boolean> {
    const state = this.#state;
    if (state?.isAll !== true) return false;
    const { id, end: n } = state;
    this.#state = { ...state, isAll: false };
    await this.#ports.say({ say: 'all', id, ...(n !== undefined && { n }) }, `all ${id}`);
    await this.#ports.keep();
    return true;
  }

  /** Returns whether the next one may be fetched. */
  async #take(piece: SealedPiece): Promise<boolean> {
    const { blobs, take, sealer, say, keep, moved } = this.#ports;
    const { id, key = '', from = '' } = this.#state ?? {};
    if (await this.#ports.isRevoked(from)) return this.#giveUp(id);
    const found = await blobs()?.get(piece.blob, piece.size);
    if (id === undefined || found === undefined) return false;
    if (!found.ok && found.error.kind !== 'refused') {
      this.#later(found.error);
      return false;
    }
    const seal = sealer(decodeBase64url(key) ?? new Uint8Array(0));
    const content = found.ok ? await seal?.open(piece.name, found.value) : undefined;
    if (content === undefined) await say({ say: 'lost', id, name: piece.name });
    else await take(content);
    const state = this.#state;
    if (state?.id !== id) return true;
    const pieces = state.pieces.filter(({ blob }) => blob !== piece.blob);
    this.#state = { ...state, pieces, took: state.took + 1 };
    await keep();
    if (found.ok) void blobs()?.drop(piece.blob);
    await say({ say: 'took', id, pieces: this.#state.took }, `took ${id}`);
    moved(Math.max(0, state.done - pieces.length), state.blocks);
    return true;
  }

  /** What a thief and a server may have sealed since is not taken. */
  async #giveUp(id: string | undefined): Promise<boolean> {
    if (this.#state?.id !== id) return true;
    this.#state = undefined;
    this.#ports.over('revoked');
    await this.#ports.keep();
    return false;
  }

  #later(failure: BlobFailure): void {
    if (failure.kind !== 'interrupted') return;
    this.#cancelRetry = this.#ports.timers.after(failure.retryMs ?? transferRetryMs, () => {
      void this.#run();
    });
  }
}
