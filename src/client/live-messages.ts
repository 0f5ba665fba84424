// The private messages of one login, between the client and its Messenger: the lines of [7.5] in both directions, the
// events in the client's own words, and which texts are still pending. Encryption, and when a session is made anew,
// belong to the Messenger alone (encryption/live/).

import { textContent } from './content.ts';
import type { Device } from '../e2ee/device.ts';
import type { Suite } from '../e2ee/suite.ts';
import { encodeUtf8 } from '../lib/bytes.ts';
import { invariant } from '../lib/invariant.ts';
import { ok, type Result } from '../lib/result.ts';
import type { Command } from '../wire/commands.ts';
import type { EventOf } from '../wire/events.ts';
import { parseLineText, parseToken, parseUsername, type Username } from '../wire/text.ts';
import type { ClientEvent } from './client-event.ts';
import { refuseCommand, refuseLength, refuseText, type CommandRefusal } from './command-refusal.ts';
import type { WallClock, RandomBytes, Timers } from './ports.ts';
import type { TrustBook } from './encryption/trust/trust-book.ts';
import {
  maxTextBytes,
  Messenger,
  type MessengerEvent,
  type PrivateWire,
} from './encryption/live/messenger.ts';
import type { KeyStanding } from './encryption/trust/key-events.ts';
import type { PinStore } from './encryption/trust/pin-store.ts';
import type { SafetyNumber } from './encryption/trust/key-checks.ts';
import type { ShownTexts } from './encryption/shown-texts.ts';

export interface LiveMessagesPorts {
  readonly suite: Suite;
  readonly device: Device;
  readonly pins: PinStore;
  readonly timers: Timers;
  readonly now: WallClock;
  readonly random: RandomBytes;
}

/** A line of [7.5] from the server. */
export type PrivateLine = EventOf<'PM' | 'REQUEST_PUBLIC_KEY' | 'PUBLIC_KEY'>;

/** A note of another person's client, or a changed state of one of ours. */
export type NoteMessage = Extract<MessengerEvent, { readonly type: 'note' | 'own-note' }>;

type Outcome<T> = Result<T, CommandRefusal>;

/** The Messenger's refusals by the client's codes. */
const refusalCodes = {
  closed: 'not-open',
  self: 'to-yourself',
  empty: 'empty',
  'not-one-line': 'control-character',
  'too-many-waiting': 'too-many-undelivered',
  'encrypted-before': 'encrypted-before',
  'no-key': 'no-key',
  'other-key': 'other-key',
  'nothing-to-decide': 'nothing-to-decide',
} as const;

export class LiveMessages {
  readonly #messenger: Messenger;
  readonly #timers: Timers;
  readonly #sink: (event: ClientEvent) => void;
  readonly #onNote: (event: NoteMessage) => void;
  /** Ids of own texts whose result is not known yet. */
  readonly #underWay = new Set<string>();
  #settled: (() => void)[] = [];

  constructor(
    me: Username,
    ports: LiveMessagesPorts,
    known: { readonly shown: ShownTexts; readonly trusts: TrustBook },
    send: (command: Command) => void,
    sink: (event: ClientEvent) => void,
    onNote: (event: NoteMessage) => void,
  ) {
    this.#timers = ports.timers;
    this.#sink = sink;
    this.#onNote = onNote;
    this.#messenger = new Messenger({
      ...ports,
      me,
      ...known,
      wire: wireOf(send),
      emit: (event) => this.#receive(event),
    });
  }

  /** How many own texts are still on their way. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** Resolves when no own text is on its way any more, or after `withinMs`. */
  settled(withinMs: number): Promise<void> {
    if (this.#underWay.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#timers.after(withinMs, resolve);
      this.#settled.push(() => {
        cancel();
        resolve();
      });
    });
  }

  receive(line: PrivateLine): void {
    switch (line.verb) {
      case 'PM':
        this.#messenger.receivedPm(line.from, line.payload);
        return;
      case 'REQUEST_PUBLIC_KEY':
        this.#messenger.receivedKeyRequest(line.from, line.timestamp);
        return;
      case 'PUBLIC_KEY':
        this.#messenger.receivedKey(line.from, line.key, line.timestamp);
    }
  }

  noSuchUser(): void {
    this.#messenger.noSuchUser();
  }

  /** The list that the Messenger had requested. */
  listed(names: readonly string[]): void {
    this.#messenger.listed(names);
  }

  send(user: string, text: string): Outcome<string> {
    const refused = refusalOf(user, text);
    if (refused !== undefined) return refused;
    const sent = this.#messenger.send(user, text);
    if (sent.ok) {
      this.#underWay.add(sent.value);
      return sent;
    }
    return sent.error.code === 'too-long'
      ? refuseLength(encodeUtf8(text).length - maxTextBytes)
      : refuseCommand(refusalCodes[sent.error.code]);
  }

  async sendUnencrypted(user: string, text: string): Promise<Outcome<undefined>> {
    const refused = refusalOf(user, text);
    if (refused !== undefined) return refused;
    const sent = await this.#messenger.sendUnencrypted(user, text);
    if (sent.ok) return sent;
    return sent.error.code === 'too-long'
      ? refuseLength(encodeUtf8(text).length - maxTextBytes)
      : refuseCommand(refusalCodes[sent.error.code]);
  }

  /** Sends a note to the client of `user`. Returns its id, or undefined if no more are accepted. */
  sendNote(user: Username, bytes: Uint8Array): string | undefined {
    const sent = this.#messenger.sendNote(user, bytes);
    return sent.ok ? sent.value : undefined;
  }

  keyStanding(user: Username, key: Uint8Array): Promise<KeyStanding> {
    return this.#messenger.keyStanding(user, key);
  }

  safetyNumber(user: string): Promise<Outcome<SafetyNumber>> {
    return this.#about(user, () => this.#messenger.safetyNumber(user));
  }

  markVerified(user: string, digits: string): Promise<Outcome<undefined>> {
    return this.#about(user, () => this.#messenger.markVerified(user, digits));
  }

  trust(user: string): Promise<Outcome<undefined>> {
    return this.#about(user, () => this.#messenger.trust(user));
  }

  distrust(user: string): Promise<Outcome<undefined>> {
    return this.#about(user, () => this.#messenger.distrust(user));
  }

  /** The person has decided about a key of `user` elsewhere: what waited for it continues. */
  decided(user: string): void {
    this.#messenger.decided(user);
  }

  /** Ends the login. Undelivered texts are reported before it resolves. */
  close(): Promise<void> {
    return this.#messenger.close();
  }

  async #about<T>(
    user: string,
    act: () => Promise<Result<T, { readonly code: keyof typeof refusalCodes }>>,
  ): Promise<Outcome<T>> {
    if (parseUsername(user) === undefined) return refuseCommand('not-a-username');
    const done = await act();
    return done.ok ? ok(done.value) : refuseCommand(refusalCodes[done.error.code]);
  }

  #receive(event: MessengerEvent): void {
    switch (event.type) {
      case 'text':
      case 'plaintext':
        this.#sink({ type: 'message', message: messageOf(event) });
        return;
      // Messages between clients are for their receivers, and not shown.
      case 'note':
      case 'own-note':
        this.#onNote(event);
        return;
      case 'delivered':
      case 'not-delivered':
      // A held text waits for the person, who may take any time.
      case 'held':
        this.#underWay.delete(event.id);
        this.#sink({ type: 'private', event });
        if (this.#underWay.size === 0) this.#release();
        return;
      default:
        this.#sink({ type: 'private', event });
    }
  }

  #release(): void {
    const settled = this.#settled;
    this.#settled = [];
    for (const resolve of settled) resolve();
  }
}

function refusalOf(user: string, text: string): ReturnType<typeof refuseText> | undefined {
  if (parseUsername(user) === undefined) return refuseCommand('not-a-username');
  return parseLineText(text) === undefined ? refuseText(text) : undefined;
}

function messageOf(
  event: Extract<MessengerEvent, { readonly type: 'text' | 'plaintext' }>,
): Extract<ClientEvent, { readonly type: 'message' }>['message'] {
  const content = textContent(event.text);
  // The Messenger knows people by the names of lines, which the wire has checked.
  const from = event.from as Username;
  return event.type === 'plaintext'
    ? { place: 'private', from, content, encrypted: false }
    : { place: 'private', from, content, encrypted: true, key: event.key };
}

/** The Messenger's lines as commands. Its values fit their fields; a name or token that does not is a bug of it. */
function wireOf(send: (command: Command) => void): PrivateWire {
  return {
    privateMessage(to, payload) {
      send({
        verb: 'PM',
        to: checked(parseUsername(to)),
        payload: checked(parseLineText(payload)),
      });
    },
    requestPublicKey(of, timestamp) {
      send({
        verb: 'REQUEST_PUBLIC_KEY',
        of: checked(parseUsername(of)),
        timestamp: checked(parseToken(timestamp)),
      });
    },
    listUsers() {
      send({ verb: 'GET_USERS' });
    },
    publicKey(to, key, timestamp) {
      send({
        verb: 'PUBLIC_KEY',
        to: checked(parseUsername(to)),
        key: checked(parseToken(key)),
        timestamp: checked(parseToken(timestamp)),
      });
    },
  };
}

function checked<T>(value: T | undefined): T {
  invariant(value !== undefined, 'the Messenger made something that fits no line');
  return value;
}
