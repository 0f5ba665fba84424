// One connection to a server, from dialling to its end [7.1, 7.3, 7.12]: the greeting, the heartbeat, the end. login/
// verifies the server and logs in. Owns the state machine and the two caps of a connection: the longest accepted line
// and the most that may wait unsent. Other lines pass through unread. Knows no chat. A reconnect makes a new link:
// nothing in here outlives its connection.

import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { formatCommand, type Command } from '../../wire/commands.ts';
import {
  parseExtendedEvent,
  type ExtendedEvent,
  type ExtendedEventOf,
} from '../../wire/extended/events.ts';
import { parseWelcome } from '../../wire/features.ts';
import { parseEvent, type Event, type EventOf } from '../../wire/events.ts';
import { maxServerLineBytes } from '../../wire/limits.ts';
import { LineSplitter } from '../../wire/line-splitter.ts';
import { fatal } from '../../wire/replies.ts';
import type { Username } from '../../wire/text.ts';
import type { ClientState, CloseReason, Greeting } from '../client-state.ts';
import {
  LoginTurns,
  type LoginPorts,
  type LoginSettings,
  type Proven,
} from '../login/login-turns.ts';
import { ServerCheck } from '../login/server-check.ts';
import { HeartbeatMonitor } from './heartbeat-monitor.ts';
import type {
  WallClock,
  ByteConnection,
  ConnectionFailure,
  Dial,
  ServerProof,
  Timers,
} from '../ports.ts';

/** For connecting to the server, TLS included. */
export const connectTimeoutMs = 10_000;
/** For the server's greeting and its answer to the login. */
export const loginTimeoutMs = 10_000;
/** For the server's answer to QUIT, and for the end of a connection after it. */
export const closeTimeoutMs = 5_000;
/**
 * The most that may wait unsent. A server that asks (PING, REQUEST_PUBLIC_KEY) and never reads the answers would
 * otherwise fill the memory. Above this the connection ends as stalled.
 */
export const maxUnsentBytes = 4 * 1024 * 1024;

/** The server has not answered for too long (heartbeat-monitor.ts). */
const deaf: ConnectionFailure = {
  code: 'ETIMEDOUT',
  detail: 'the server does not answer any more',
};

export type LinkSettings = LoginSettings;

export interface LinkPorts extends LoginPorts {
  readonly dial: Dial;
  readonly timers: Timers;
  readonly now: WallClock;
}

/** Events of the server that concern the chat, not the connection. */
export type ServerEvent = Exclude<Event, EventOf<'PING' | 'DSCN' | '-ERR'>>;

export interface LinkHandlers {
  onState(state: ClientState): void;
  /** The server was new, and is remembered now. */
  onRemembered(fingerprint: Uint8Array): void;
  /** Events between the login and the end. */
  onEvent(event: ServerEvent): void;
  /** The same in the extended protocol, for accounts only. */
  onExtended(event: ExtendedEvent): void;
  onDrain(): void;
  /** The server has sent nothing for long: it should be sent something harmless that it answers. */
  onSilence(): void;
}

export class ServerLink {
  readonly #settings: LinkSettings;
  readonly #ports: LinkPorts;
  readonly #handlers: LinkHandlers;
  readonly #splitter = new LineSplitter(maxServerLineBytes);
  readonly #connection: ByteConnection;
  #state: ClientState = { phase: 'connecting' };
  #cancelDeadline: () => void;
  #proof: ServerProof | undefined;
  #check: ServerCheck | undefined;
  /** Lines after the welcome, until it is stored which server sent them. */
  #heldLines: (string | undefined)[] | undefined;
  readonly #login: LoginTurns;
  readonly #heartbeat: HeartbeatMonitor;

  constructor(settings: LinkSettings, ports: LinkPorts, handlers: LinkHandlers) {
    this.#settings = settings;
    this.#ports = ports;
    this.#handlers = handlers;
    this.#login = new LoginTurns(settings, ports, {
      write: (line) => this.write(line),
      abort: (reason) => this.#abort(reason),
      loggedIn: (username, as) => this.#loggedIn(username, as),
      goesOn: () => this.#state.phase === 'login',
    });
    this.#heartbeat = new HeartbeatMonitor(ports.timers, ports.now, {
      probe: () => handlers.onSilence(),
      dead: () => this.#abort({ code: 'lost', failure: deaf }),
    });
    this.#cancelDeadline = ports.timers.after(connectTimeoutMs, () =>
      this.#abort({ code: 'unreachable', failure: { code: 'ETIMEDOUT', detail: 'no answer' } }),
    );
    this.#connection = ports.dial(settings.address, {
      onOpen: (proof) => void this.#opened(proof),
      onData: (bytes) => this.#received(bytes),
      onDrain: () => handlers.onDrain(),
      onClose: (failure) => this.#ended(failure),
    });
  }

  get state(): ClientState {
    return this.#state;
  }

  /** The fingerprint of the server's certificate, if it is the right one. Undefined without TLS. */
  get fingerprint(): Uint8Array | undefined {
    return this.#proof?.kind === 'tls' ? this.#proof.fingerprint : undefined;
  }

  /** The server's WELCOME at the login to an account. Undefined for guests. */
  get welcome(): ExtendedEventOf<'WELCOME'> | undefined {
    return this.#login.welcome;
  }

  /** How much is proven of the server's answers before the end of the login. */
  get proven(): Proven {
    return this.#login.proven;
  }

  /** Whether the server's identity was known before this connection. */
  get wasIdentityKnown(): boolean {
    return this.#check?.identity !== undefined;
  }

  /** How this name logged in here before: with the account, or as a guest because there were none. */
  get cameAs(): 'account' | 'guest' | undefined {
    return this.#login.isKnown ? 'account' : this.#check?.cameAs;
  }

  /**
   * Remembers the server, if it is new: from now on it must be this one. Returns a reason if the connection must end.
   */
  async remember(): Promise<CloseReason | undefined> {
    const refusal = await this.#check?.met();
    if (refusal !== undefined) return refusal;
    const remembered = this.#check?.remembered;
    if (remembered !== undefined) this.#handlers.onRemembered(remembered);
    return undefined;
  }

  /** Bytes that wait to be sent. */
  get unsentBytes(): number {
    return this.#connection.unsentBytes;
  }

  /** Sends a command. Does nothing after the end of the connection. */
  send(command: Command): void {
    this.write(formatCommand(command));
  }

  /** Sends a line, with its line end. Does nothing after the end of the connection. */
  write(line: string): void {
    if (this.#state.phase === 'closed') return;
    this.#connection.write(encodeUtf8(line));
    this.#heartbeat.said(line);
    if (this.#connection.unsentBytes > maxUnsentBytes) this.#abort({ code: 'stalled' });
  }

  /** Sends QUIT, and closes after the server's answer or the time limit [7.12]. */
  quit(): void {
    const { phase } = this.#state;
    if (phase === 'closing' || phase === 'closed') return;
    if (phase === 'connecting') {
      this.#abort({ code: 'quit' });
      return;
    }
    this.send({ verb: 'QUIT' });
    this.#close({ code: 'quit' });
  }

  /** Closes at once, without QUIT. */
  abort(): void {
    this.#abort({ code: 'quit' });
  }

  pause(): void {
    this.#connection.pause();
    this.#heartbeat.pause();
  }

  resume(): void {
    this.#connection.resume();
    this.#heartbeat.resume();
  }

  #enter(state: ClientState): void {
    this.#state = state;
    if (state.phase === 'open') this.#heartbeat.begin();
    else this.#heartbeat.end();
    this.#handlers.onState(state);
  }

  #deadline(ms: number, reason: CloseReason): void {
    this.#cancelDeadline();
    this.#cancelDeadline = this.#ports.timers.after(ms, () => this.#abort(reason));
  }

  async #opened(proof: ServerProof): Promise<void> {
    if (this.#state.phase !== 'connecting') return;
    // Nothing is read or written before it is clear whether the other side can be the server.
    this.#connection.pause();
    this.#deadline(loginTimeoutMs, { code: 'silent' });
    const checked = await ServerCheck.begin(this.#settings, proof, this.#ports.knownServers);
    // The person may have left, or the server, during the check.
    if (this.state.phase !== 'connecting') return;
    if (!checked.ok) {
      this.#abort(checked.error);
      return;
    }
    this.#proof = proof;
    this.#check = checked.value;
    this.#enter({ phase: 'greeting' });
    this.#connection.resume();
  }

  #received(bytes: Uint8Array): void {
    this.#heartbeat.receive();
    const inCap = this.#splitter.push(bytes, (line) => {
      const text = decodeUtf8(line);
      if (this.#heldLines === undefined) this.#read(text);
      else this.#heldLines.push(text);
    });
    if (!inCap) this.#abort({ code: 'overlong-line' });
  }

  /** `text` is undefined for a line that is not UTF-8. */
  #read(text: string | undefined): void {
    if (this.#state.phase === 'closed') return;
    const event = text === undefined ? undefined : parseEvent(text);
    const extended =
      event === undefined && text !== undefined && this.#login.isExtended
        ? parseExtendedEvent(text)
        : undefined;
    if (extended === undefined) this.#understand(event);
    else this.#understandExtended(extended);
  }

  /** `event` is undefined for a line of unknown form. */
  #understand(event: Event | undefined): void {
    const state = this.#state;
    // After a DSCN or an -ERR nothing more counts. After our QUIT, lines that were on their way still do.
    if (state.phase === 'closing' && state.reason.code !== 'quit') return;
    switch (event?.verb) {
      case 'PING':
        this.#heartbeat.pinged();
        this.send({ verb: 'PONG' });
        return;
      case 'DSCN':
        this.#close({ code: 'disconnected', text: event.reason });
        return;
      case '-ERR':
        this.#close({
          code: 'refused',
          during: state.phase === 'open' ? 'chat' : 'login',
          reply: fatal.parse(event.text)?.code,
          text: event.text,
        });
        return;
      default:
        this.#advance(event);
    }
  }

  #advance(event: ServerEvent | undefined): void {
    const state = this.#state;
    switch (state.phase) {
      case 'greeting':
        if (event?.verb !== 'HELO') {
          this.#abort({ code: 'not-a-chat-server' });
          return;
        }
        this.#greeted(greetingOf(event.welcome));
        return;
      case 'login':
        if (event?.verb !== '+OK' || event.confirmed.of !== 'HELO') return;
        this.#login.confirmed(event.confirmed.username);
        return;
      case 'open':
      case 'closing':
        // A line of unknown form is ignored: a later server may send lines that this client does not know.
        if (event !== undefined) this.#handlers.onEvent(event);
        if (event?.verb === '+OK' && event.confirmed.of === 'QUIT') this.#abort({ code: 'quit' });
        // A server that throttles us answers line by line. As long as it does, it has not reached our QUIT.
        else if (state.phase === 'closing' && event !== undefined && isReply(event)) {
          this.#deadline(closeTimeoutMs, state.reason);
        }
        return;
      case 'connecting':
      case 'waiting':
      case 'closed':
    }
  }

  #understandExtended(event: ExtendedEvent): void {
    const state = this.#state;
    switch (state.phase) {
      case 'login':
        if (event.verb === 'CHALLENGE') this.#login.challenged(event);
        if (event.verb === 'WAIT') this.#waitFor(event.for);
        if (event.verb === 'WELCOME') this.#login.welcomed(event);
        // A recovery whose links do not go on from the last one is shown the chain, and turned away.
        if (event.verb === 'ACCOUNT' && this.#settings.account?.recovery !== undefined) {
          this.#handlers.onExtended(event);
        }
        return;
      case 'closing':
        if (state.reason.code !== 'quit') return;
        this.#handlers.onExtended(event);
        if (event.verb === 'SENT' || event.verb === 'FAILED') {
          this.#deadline(closeTimeoutMs, state.reason);
        }
        return;
      case 'open':
        this.#handlers.onExtended(event);
        return;
      case 'connecting':
      case 'greeting':
      case 'waiting':
      case 'closed':
    }
  }

  #greeted(greeting: Greeting): void {
    this.#enter({ phase: 'login', ...greeting });
    if (this.#proof !== undefined && this.#check !== undefined) {
      this.#login.begin(greeting.features, this.#proof, this.#check);
    }
  }

  /** The server is alive, and says why the login takes long. It says so again before this deadline. */
  #waitFor(what: 'disk'): void {
    const state = this.#state;
    if (state.phase !== 'login' || this.#login.proven === 'nothing') return;
    this.#deadline(loginTimeoutMs, { code: 'silent' });
    if (state.waitsFor === undefined) this.#enter({ ...state, waitsFor: what });
  }

  #loggedIn(username: Username, as: 'account' | 'guest'): void {
    const state = this.#state;
    if (state.phase !== 'login') return;
    // If a server confirmed another name, messages for somebody else would be handled as ours.
    if (username !== this.#settings.username) {
      this.#abort({ code: 'not-a-chat-server' });
      return;
    }
    const { welcome, features } = state;
    const open: ClientState = { phase: 'open', username, as, welcome, features };
    if (this.#check?.isToBeMet === true) void this.#openOnceMet(open);
    else this.#open(open);
  }

  /** For a new server: the login is complete only when the disk has the server's identity. */
  async #openOnceMet(open: ClientState): Promise<void> {
    // Only the rest of the last chunk is held.
    const held: (string | undefined)[] = (this.#heldLines = []);
    this.#connection.pause();
    const refusal = await this.remember();
    this.#heldLines = undefined;
    if (refusal !== undefined) this.#abort(refusal);
    this.#connection.resume();
    // The person may have left, or the server, meanwhile.
    if (this.state.phase === 'login') this.#open(open);
    for (const line of held) this.#read(line);
  }

  #open(open: ClientState): void {
    this.#cancelDeadline();
    this.#enter(open);
  }

  /** The chat is over. The connection may end by itself within the time limit. */
  #close(reason: CloseReason): void {
    if (this.#state.phase === 'closed') return;
    this.#deadline(closeTimeoutMs, reason);
    if (reason.code !== 'quit') this.#connection.end();
    this.#enter({ phase: 'closing', reason });
  }

  /** The connection ends now. */
  #abort(reason: CloseReason): void {
    if (this.#state.phase === 'closed') return;
    this.#cancelDeadline();
    this.#connection.destroy();
    this.#enter({ phase: 'closed', reason });
  }

  #ended(failure: ConnectionFailure | undefined): void {
    const state = this.#state;
    if (state.phase === 'closed') return;
    if (state.phase === 'closing') this.#abort(state.reason);
    else if (state.phase === 'connecting')
      this.#abort({
        code: 'unreachable',
        failure: failure ?? { code: 'ECONNRESET', detail: 'the connection was closed' },
      });
    else this.#abort({ code: 'lost', failure });
  }
}

function greetingOf(text: string): Greeting {
  const { text: welcome, features } = parseWelcome(text);
  return { welcome, features };
}

/** Whether `event` answers a command of ours. */
function isReply({ verb }: ServerEvent): boolean {
  return verb === '+OK' || verb === '+SUCCESS' || verb === '-SOFT_ERR';
}
