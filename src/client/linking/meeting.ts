// The new device's way to its channel: connections without a login, on which the server proves who it is and then carries
// boxes (MEET). A server lets nobody stay long without a login, so the next connection follows where one ends; then all
// boxes come again. login/server-check.ts knows which server is expected. Knows no code and nothing of what is in a box.

import { decodeUtf8, encodeUtf8, equalBytes } from '../../lib/bytes.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { formatCommand } from '../../wire/commands.ts';
import { parseEvent, type Event } from '../../wire/events.ts';
import { parseExtendedEvent, type ExtendedEvent } from '../../wire/extended/events.ts';
import { formatRequest } from '../../wire/extended/requests.ts';
import { parseWelcome } from '../../wire/features.ts';
import { maxServerLineBytes } from '../../wire/limits.ts';
import { LineSplitter } from '../../wire/line-splitter.ts';
import { fatal } from '../../wire/replies.ts';
import type { Username } from '../../wire/text.ts';
import type { CloseReason } from '../client-state.ts';
import { backoffMs } from '../connection/backoff.ts';
import type { ServerAddress } from '../connection/server-address.ts';
import { connectTimeoutMs, loginTimeoutMs } from '../connection/server-link.ts';
import { ServerChallenge } from '../login/account-login.ts';
import { deviceBytes, type LoginPorts } from '../login/login-turns.ts';
import { ServerCheck } from '../login/server-check.ts';
import type { ByteConnection, Dial, ServerProof, Timers } from '../ports.ts';

export interface MeetingPorts extends LoginPorts {
  readonly dial: Dial;
  readonly timers: Timers;
}

/** Why there is no way to the channel. */
export type MeetingEnd =
  | { readonly kind: 'closed'; readonly reason: CloseReason }
  /** The server is of a version that links no devices, or does not take boxes now. */
  | { readonly kind: 'no-linking' }
  | { readonly kind: 'refused'; readonly text: string };

export interface MeetingHandlers {
  /** For the first time, the server has proven this identity. Returns the channel, and the first box. */
  readonly met: (
    identity: Uint8Array,
  ) => Promise<{ readonly channel: Uint8Array; readonly box: Uint8Array }>;
  /** The first box is there. */
  readonly shown: () => void;
  readonly box: (box: Uint8Array) => void;
  readonly ended: (end: MeetingEnd) => void;
}

type Stage = 'connecting' | 'greeting' | 'challenge' | 'meeting';

export class Meeting {
  readonly #address: ServerAddress;
  /** The login that is never finished wants a name. */
  readonly #name: Username;
  readonly #ports: MeetingPorts;
  readonly #handlers: MeetingHandlers;
  #connection: ByteConnection | undefined;
  #lines = new LineSplitter(maxServerLineBytes);
  #stage: Stage = 'connecting';
  #proof: ServerProof | undefined;
  #check: ServerCheck | undefined;
  #challenge: ServerChallenge | undefined;
  #identity: Uint8Array | undefined;
  #channel: string | undefined;
  /** Boxes that the server has not confirmed, in order. */
  #boxes: string[] = [];
  #isShown = false;
  #attempt = 0;
  #cancelTimer: () => void = () => {};
  #isOver = false;
  #whenEmpty: () => void = () => {};

  constructor(
    address: ServerAddress,
    name: Username,
    ports: MeetingPorts,
    handlers: MeetingHandlers,
  ) {
    this.#address = address;
    this.#name = name;
    this.#ports = ports;
    this.#handlers = handlers;
    this.#dial();
  }

  /** Leaves a box in the channel. */
  leave(box: Uint8Array): void {
    const text = encodeBase64url(box);
    this.#boxes.push(text);
    if (this.#stage === 'meeting') this.#write(text);
  }

  /** Resolves when the server has every box, or it is over. */
  async left(withinMs: number): Promise<void> {
    if (this.#boxes.length === 0 || this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
      this.#ports.timers.after(withinMs, resolve);
    });
  }

  /** Remembers the server: from now on it must be this one. Returns a reason where that is impossible. */
  async remember(): Promise<CloseReason | undefined> {
    return this.#check?.met();
  }

  /** Ends at once. */
  close(): void {
    this.#isOver = true;
    this.#cancelTimer();
    this.#connection?.destroy();
    this.#whenEmpty();
  }

  #dial(): void {
    this.#stage = 'connecting';
    this.#lines = new LineSplitter(maxServerLineBytes);
    this.#deadline(connectTimeoutMs, {
      code: 'unreachable',
      failure: { code: 'ETIMEDOUT', detail: 'no answer' },
    });
    const connection = this.#ports.dial(this.#address, {
      onOpen: (proof) => void this.#opened(proof, connection),
      onData: (bytes) => {
        if (this.#connection !== connection) return;
        const inCap = this.#lines.push(bytes, (line) => this.#read(decodeUtf8(line) ?? ''));
        if (!inCap) this.#broken({ code: 'overlong-line' });
      },
      onDrain: () => {},
      onClose: (failure) => {
        if (this.#connection !== connection) return;
        const lost = failure ?? { code: 'ECONNRESET', detail: 'the connection was closed' };
        this.#broken(
          this.#stage === 'connecting'
            ? { code: 'unreachable', failure: lost }
            : { code: 'lost', failure },
        );
      },
    });
    this.#connection = connection;
  }

  async #opened(proof: ServerProof, connection: ByteConnection): Promise<void> {
    connection.pause();
    this.#stage = 'greeting';
    this.#deadline(loginTimeoutMs, { code: 'silent' });
    const { knownServers } = this.#ports;
    const settings = { address: this.#address, username: this.#name };
    const checked = await ServerCheck.begin(settings, proof, knownServers);
    if (this.#connection !== connection || this.#isOver) return;
    if (!checked.ok) {
      this.#end({ kind: 'closed', reason: checked.error });
      return;
    }
    this.#proof = proof;
    this.#check = checked.value;
    connection.resume();
  }

  #read(line: string): void {
    if (this.#isOver) return;
    const event = parseEvent(line);
    const extended = event === undefined ? parseExtendedEvent(line) : undefined;
    if (event !== undefined) this.#understand(event);
    else if (extended !== undefined) this.#understandExtended(extended);
    else if (this.#stage === 'greeting') this.#strange();
  }

  #understand(event: Event): void {
    switch (event.verb) {
      case 'PING':
        this.#connection?.write(encodeUtf8(formatCommand({ verb: 'PONG' })));
        return;
      case 'HELO':
        if (this.#stage === 'greeting') this.#greeted(event.welcome);
        return;
      case '-ERR': {
        const reply = fatal.parse(event.text)?.code;
        this.#broken({ code: 'refused', during: 'login', reply, text: event.text });
        return;
      }
      case 'DSCN':
        this.#broken({ code: 'disconnected', text: event.reason });
        return;
      default:
        if (this.#stage === 'greeting') this.#strange();
    }
  }

  #greeted(welcome: string): void {
    const { features } = parseWelcome(welcome);
    const [proof, check] = [this.#proof, this.#check];
    if (proof === undefined || check === undefined) return;
    if (!features.has('ehlo') || !features.has('devices')) {
      this.#end({ kind: 'no-linking' });
      return;
    }
    const { suite, random } = this.#ports;
    const asking = { username: this.#name, suite, device: random(deviceBytes), proof };
    this.#challenge = new ServerChallenge(asking, check, random);
    this.#stage = 'challenge';
    this.#connection?.write(encodeUtf8(this.#challenge.hello));
  }

  #understandExtended(event: ExtendedEvent): void {
    if (event.verb === 'CHALLENGE' && this.#stage === 'challenge') {
      void this.#challenge?.check(event).then((checked) => {
        if (checked.ok) return this.#proven();
        this.#end({ kind: 'closed', reason: checked.error });
        return undefined;
      });
      return;
    }
    if (this.#stage !== 'meeting') return;
    if (event.verb === 'FAILED') this.#end({ kind: 'refused', text: event.text });
    if (event.verb !== 'MEET' || event.channel !== this.#channel) return;
    const box = event.box === undefined ? undefined : decodeBase64url(event.box);
    if (box !== undefined) this.#handlers.box(box);
    else if (event.label !== undefined) this.#confirmed();
  }

  async #proven(): Promise<void> {
    const identity = this.#check?.provenIdentity;
    if (identity === undefined || this.#isOver) return;
    if (this.#identity !== undefined && !equalBytes(this.#identity, identity)) {
      this.#end({ kind: 'closed', reason: { code: 'unproven' } });
      return;
    }
    if (this.#channel === undefined) {
      this.#identity = identity;
      const { channel, box } = await this.#handlers.met(identity);
      this.#channel = encodeBase64url(channel);
      this.#boxes.push(encodeBase64url(box));
    }
    this.#cancelTimer();
    this.#stage = 'meeting';
    if (this.#boxes.length === 0) this.#write(undefined);
    for (const box of this.#boxes) this.#write(box);
  }

  /** The label tells a box that was left from only listening. */
  #write(box: string | undefined): void {
    const channel = this.#channel ?? '';
    const request = box === undefined ? { channel } : { channel, box, label: 'box' };
    this.#connection?.write(encodeUtf8(formatRequest('MEET', request)));
  }

  #confirmed(): void {
    this.#attempt = 0;
    this.#boxes.shift();
    if (!this.#isShown) {
      this.#isShown = true;
      this.#handlers.shown();
    }
    if (this.#boxes.length === 0) this.#whenEmpty();
  }

  #strange(): void {
    this.#end({ kind: 'closed', reason: { code: 'not-a-chat-server' } });
  }

  #deadline(ms: number, reason: CloseReason): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#ports.timers.after(ms, () => this.#broken(reason));
  }

  /** The connection is over. Another one follows if the code was shown: it holds for longer than a connection. */
  #broken(reason: CloseReason): void {
    if (this.#isOver) return;
    this.#cancelTimer();
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.destroy();
    if (!this.#isShown) {
      this.#end({ kind: 'closed', reason });
      return;
    }
    this.#stage = 'connecting';
    this.#cancelTimer = this.#ports.timers.after(backoffMs(this.#attempt, this.#ports.random), () =>
      this.#dial(),
    );
    this.#attempt += 1;
  }

  #end(end: MeetingEnd): void {
    if (this.#isOver) return;
    this.close();
    this.#handlers.ended(end);
  }
}
