// The history of one device for another of the account, both sides of it: whom to ask about, and the notes between the two
// (docs/E2EE.md 14). A history is given by the person's word on the device that has it, never by itself: it is all that was
// ever said there. Owns what is kept of it between two starts.

import { encodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import type { AccountChain } from '../../wire/statements/account-chain.ts';
import type { OwnChannel } from '../account/own/own-channel.ts';
import type { OwnHistory } from '../account/own/own-history.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { ClientEvent } from '../client-event.ts';
import type { RandomBytes, Timers } from '../ports.ts';
import type { ClientChange, KeptValue } from '../store/store-port.ts';
import { HistoryGiver } from './history-giver.ts';
import { HistoryTaker } from './history-taker.ts';
import {
  historyNote,
  parseGiving,
  parseHistoryWord,
  parseTaking,
  type HistoryWord,
} from './transfer-notes.ts';

export interface HistoryTransferPorts {
  readonly own: Pick<OwnChannel, 'send' | 'on' | 'devices' | 'entered'>;
  readonly ownKey: Uint8Array;
  readonly chain: () => Promise<AccountChain>;
  readonly history: Pick<OwnHistory, 'export' | 'take' | 'sealer'>;
  readonly blobs: () => Blobs | undefined;
  /** What is on the disk at the start. */
  readonly values: readonly KeptValue[];
  /** Writes in its turn what `change` gives then. Resolves when it is on the disk. */
  readonly write: (change: () => ClientChange) => Promise<void>;
  readonly random: RandomBytes;
  readonly timers: Timers;
  readonly emit: (event: ClientEvent) => void;
}

const givingName = 'history-giving';
const takingName = 'history-taking';
const askedName = 'history-asked';
const promisedName = 'history-promised';
/** A view is told about so many steps of the way. */
const tenth = 10;

/** Why nothing is given. `alone`: no other device of the account is in. */
export type GiveRefusal = 'alone' | 'no-blobs' | 'no-connection';

export class HistoryTransfer {
  readonly #ports: HistoryTransferPorts;
  readonly #giver: HistoryGiver;
  readonly #taker: HistoryTaker;
  /** Devices that the person was asked about, in base64url. */
  readonly #asked: Set<string>;
  /** Those for which the person has said yes before they came in. */
  readonly #promised: Set<string>;
  /** The one that the question is about. */
  #wanted: Uint8Array | undefined;
  #isConnected = false;
  #told = -1;

  constructor(ports: HistoryTransferPorts) {
    const { own, history, values, emit, random, timers, blobs, ownKey, chain } = ports;
    this.#ports = ports;
    const valueOf = (name: string) => values.find((one) => one.name === name)?.value;
    this.#asked = keysIn(valueOf(askedName));
    this.#promised = keysIn(valueOf(promisedName));
    const say = async (word: HistoryWord, subject = '') =>
      ['queued', 'alone'].includes(await own.send(historyNote, word, subject));
    const common = { blobs, timers, say, sealer: (key: Uint8Array) => history.sealer(key) };
    const moved = (role: 'given' | 'taken') => (done: number, all: number) =>
      this.#moved(role, done, all);
    const giving = parseGiving(valueOf(givingName) ?? '');
    this.#giver = new HistoryGiver(
      {
        ...common,
        random,
        export: history.export,
        keep: () => this.#keep(givingName, () => this.#giver.state),
        moved: moved('given'),
        over: (why, text) => emit({ type: 'history-moved', role: 'given', state: why, text }),
        revoked: async () => (await chain()).revoked.length,
      },
      giving,
    );
    const taking = parseTaking(valueOf(takingName) ?? '');
    this.#taker = new HistoryTaker(
      {
        ...common,
        ownKey: encodeBase64url(ownKey),
        take: (content) => history.take(content),
        keep: () => this.#keep(takingName, () => this.#taker.state),
        moved: moved('taken'),
        over: (why, text) => emit({ type: 'history-moved', role: 'taken', state: why, text }),
        isRevoked: async (device) =>
          (await chain()).revoked.some(({ key }) => encodeBase64url(key) === device),
      },
      taking,
    );
    own.on(historyNote, ({ body, device }, batch) => {
      const word = parseHistoryWord(body);
      if (word !== undefined) batch.changes.push(...this.#heard(word, device));
    });
    own.entered((devices) => void this.#ask(async () => devices));
  }

  login(): void {
    this.#isConnected = true;
    this.#giver.login();
    this.#taker.login();
    void this.#ask(() => this.#ports.own.devices());
  }

  logout(): void {
    this.#isConnected = false;
    this.#giver.logout();
    this.#taker.logout();
  }

  /** Gives the history to the device that the person was asked about, or to the one that was added last. */
  async give(): Promise<GiveRefusal | 'begun'> {
    const { own, chain, blobs, ownKey } = this.#ports;
    if (!this.#isConnected) return 'no-connection';
    if (blobs() === undefined) return 'no-blobs';
    const devices = await own.devices();
    const isThere = (key: Uint8Array) =>
      !equalBytes(key, ownKey) && devices.some((one) => equalBytes(one, key));
    const { devices: all } = await chain();
    const to = this.#wanted ?? all.findLast(({ key }) => isThere(key))?.key;
    if (to === undefined || !isThere(to)) return 'alone';
    this.#wanted = undefined;
    this.#told = -1;
    await this.#giver.begin(to);
    return 'begun';
  }

  /** The person gives it to a device that was just added, as soon as that is in. Resolves when it is on the disk. */
  async promise(device: Uint8Array): Promise<void> {
    this.#promised.add(encodeBase64url(device));
    await this.#keepKeys(promisedName, this.#promised);
    await this.#ask(() => this.#ports.own.devices());
  }

  /** Nothing is given, and nothing more of what is being given. Returns whether there was a question. */
  async keepToItself(): Promise<boolean> {
    const wasAsked = this.#wanted !== undefined || this.#giver.state !== undefined;
    this.#wanted = undefined;
    await this.#giver.stop();
    return wasAsked;
  }

  /** Asks once about each device that this one has added. */
  async #ask(devicesIn: () => Promise<readonly Uint8Array[]>): Promise<void> {
    try {
      await this.#askAbout(await devicesIn());
    } catch {
      // This client ends: the next start asks.
    }
  }

  async #askAbout(devices: readonly Uint8Array[]): Promise<void> {
    const { chain, ownKey, blobs, emit } = this.#ports;
    if (devices.length === 0 || blobs() === undefined || this.#giver.state !== undefined) return;
    const { devices: all } = await chain();
    const added = all.find(
      ({ key, by }) =>
        by !== undefined &&
        equalBytes(by, ownKey) &&
        devices.some((one) => equalBytes(one, key)) &&
        !this.#asked.has(encodeBase64url(key)),
    );
    if (added === undefined) return;
    const key = encodeBase64url(added.key);
    this.#asked.add(key);
    this.#wanted = added.key;
    if (!this.#promised.has(key)) emit({ type: 'history-asked', device: added.key });
    else if ((await this.give()) !== 'begun') {
      // The next login, or who comes in next, is the next try.
      this.#asked.delete(key);
      return;
    }
    await this.#keepKeys(askedName, this.#asked);
  }

  #keepKeys(name: string, keys: ReadonlySet<string>): Promise<void> {
    return this.#ports.write(() => ({ type: 'kept-value', name, value: [...keys].join(' ') }));
  }

  #heard(word: HistoryWord, device: Uint8Array): ClientChange[] {
    switch (word.say) {
      case 'give':
      case 'piece':
      case 'end':
      case 'over':
        return this.#taker.heard(word, encodeBase64url(device))
          ? [valueOf(takingName, this.#taker.state)]
          : [];
      case 'took':
      case 'lost':
      case 'all':
        if (this.#giver.state?.to !== encodeBase64url(device)) return [];
        return this.#giver.heard(word) ? [valueOf(givingName, this.#giver.state)] : [];
    }
  }

  #keep(name: string, state: () => unknown): Promise<void> {
    return this.#ports.write(() => valueOf(name, state()));
  }

  #moved(role: 'given' | 'taken', done: number, all: number): void {
    const share = all === 0 ? tenth : Math.floor((done / all) * tenth);
    if (share === this.#told) return;
    this.#told = share;
    this.#ports.emit({ type: 'history-moved', role, state: { done, all }, text: undefined });
  }
}

function keysIn(value = ''): Set<string> {
  return new Set(value.split(' ').filter((one) => one !== ''));
}

function valueOf(name: string, state: unknown): ClientChange {
  const value = state === undefined ? undefined : JSON.stringify(state);
  return { type: 'kept-value', name, value };
}
