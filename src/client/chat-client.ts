// The headless client: typed commands in, one stream of typed events out. Views (terminal, web page, bots) hold
// no behaviour of their own. Owns what a command must fulfil before it is sent; the connection's life is
// server-link.ts. Knows no screen, no socket and no file: platform parts are handed in (ports.ts).

import { encodeUtf8 } from '../lib/bytes.ts';
import { ok, type Result } from '../lib/result.ts';
import { formatCommand, type Command } from '../wire/commands.ts';
import { parseUserList } from '../wire/events.ts';
import { defaultMaxLineBytes } from '../wire/limits.ts';
import { soft, success, type ParsedReply, type SoftCode } from '../wire/replies.ts';
import { parseGroupName, parseLineText, parseToken, parseUsername } from '../wire/text.ts';
import type { GroupName, Username } from '../wire/text.ts';
import type { ClientEventSink, Reply } from './client-event.ts';
import type { ClientState, Greeting } from './client-state.ts';
import { refuseCommand, refuseLength, refuseText, type CommandRefusal } from './command-refusal.ts';
import { FileSide, type FileCommands } from './file-side.ts';
import type { FilePorts } from './files/transfers-options.ts';
import { People } from './people.ts';
import { PrivateSide, type PrivatePorts } from './private-side.ts';
import { ShownTexts, type SafetyNumber } from './private/messenger.ts';
import { UserLists } from './user-lists.ts';
import { ServerLink, type LinkPorts, type LinkSettings, type ServerEvent } from './server-link.ts';

/** Over this many unsent bytes `ready` waits. */
export const sendMarkBytes = 256 * 1024;
/** Over this many unsent bytes a command is refused: somebody did not wait for `ready`. */
export const sendCapBytes = 1024 * 1024;

export type ClientSettings = LinkSettings;
export type ClientPorts = LinkPorts &
  PrivatePorts & {
    /** Where there are none, no files are sent or taken. */
    readonly files?: FilePorts;
  };

/** A command was sent, or was not and why. */
export type Sent = Result<undefined, CommandRefusal>;

export class ChatClient {
  readonly #link: ServerLink;
  readonly #settings: ClientSettings;
  readonly #ports: ClientPorts;
  readonly #sink: ClientEventSink;
  readonly #shown = new ShownTexts();
  readonly #userLists: UserLists;
  /** From the login to the end of it. */
  #private: PrivateSide | undefined;
  #files: FileSide | undefined;
  /** The names seen in this chat. */
  readonly people = new People();
  #waiting: (() => void)[] = [];

  /** Begins to connect. Events come later, never from within the constructor. */
  constructor(settings: ClientSettings, ports: ClientPorts, sink: ClientEventSink) {
    this.#settings = settings;
    this.#ports = ports;
    this.#userLists = new UserLists(ports.timers);
    this.#sink = sink;
    this.#link = new ServerLink(settings, ports, {
      onState: (state) => void this.#stateChanged(state),
      onRemembered: (fingerprint) => sink({ type: 'server-remembered', fingerprint }),
      onEvent: (event) => this.#heard(event),
      onDrain: () => this.#release(),
    });
  }

  get state(): ClientState {
    return this.#link.state;
  }

  /** Says `text` to everybody [7.2]. */
  broadcast(text: string): Sent {
    const line = parseLineText(text);
    return line === undefined ? refuseText(text) : this.#send({ verb: 'BCST', text: line });
  }

  /** Says `text` to the members of a group [7.8]. */
  groupMessage(group: string, text: string): Sent {
    const line = parseLineText(text);
    if (line === undefined) return refuseText(text);
    return this.#toGroup(group, (group) => ({ verb: 'GROUP_MESSAGE', group, text: line }));
  }

  /**
   * Says `text` to `user`, encrypted or not at all [7.5]. The id stands for it in the `private` events that follow:
   * `delivered`, or `not-delivered` with the reason.
   */
  privateMessage(user: string, text: string): Result<string, CommandRefusal> {
    const sent = this.#private?.send(user, text) ?? refuseCommand('not-open');
    if (sent.ok) this.#files?.wroteTo(user);
    return sent;
  }

  /** Says this one `text` to `user` in the clear: the server can read it, and nothing proves who wrote it. */
  async sendUnencrypted(user: string, text: string): Promise<Sent> {
    return this.#private?.sendUnencrypted(user, text) ?? refuseCommand('not-open');
  }

  /** The number to compare with `user` over another way, a call or in person. */
  async safetyNumber(user: string): Promise<Result<SafetyNumber, CommandRefusal>> {
    return this.#private?.safetyNumber(user) ?? refuseCommand('not-open');
  }

  /** `digits` of a safety number were compared with `user` and are the same. A changed key is trusted with it. */
  async markVerified(user: string, digits: string): Promise<Sent> {
    return this.#private?.markVerified(user, digits) ?? refuseCommand('not-open');
  }

  /** Accepts the changed key of `user`; what was held is sent. */
  async trust(user: string): Promise<Sent> {
    return this.#private?.trust(user) ?? refuseCommand('not-open');
  }

  /** Keeps to the key that `user` had before; what was held waits for its holder. */
  async distrust(user: string): Promise<Sent> {
    return this.#private?.distrust(user) ?? refuseCommand('not-open');
  }

  /** Sending and taking files [7.11]; undefined before and after the login, and where the platform has no files. */
  get files(): FileCommands | undefined {
    return this.#files;
  }

  /** Private texts of which is not known yet whether they arrive. */
  get textsUnderWay(): number {
    return this.#private?.underWay ?? 0;
  }

  /** Resolves when there are none of them any more, or after `withinMs`. */
  async settled(withinMs: number): Promise<void> {
    await this.#private?.settled(withinMs);
  }

  /** Asks who is connected; answered by a `users` event [7.4]. */
  listUsers(): Sent {
    const sent = this.#send({ verb: 'GET_USERS' });
    if (sent.ok) this.#userLists.asked('person');
    return sent;
  }

  /** [7.6] */
  createGroup(group: string): Sent {
    return this.#toGroup(group, (group) => ({ verb: 'CREATE_GROUP', group }));
  }

  /** [7.7] */
  joinGroup(group: string): Sent {
    return this.#toGroup(group, (group) => ({ verb: 'JOIN_GROUP', group }));
  }

  /** [7.9] */
  leaveGroup(group: string): Sent {
    return this.#toGroup(group, (group) => ({ verb: 'LEAVE_GROUP', group }));
  }

  /** Removes `member` from a group that this user is the admin of [7.10]. */
  kick(group: string, member: string): Sent {
    const user = parseUsername(member);
    const word = user === undefined ? undefined : parseToken(user);
    if (word === undefined) return refuseCommand('not-a-username');
    return this.#toGroup(group, (group) => ({ verb: 'KICK', group, member: word }));
  }

  /**
   * Leaves: what was said to all and to groups still arrives, private texts are given up and told as not delivered
   * unless `settled` was waited for [7.12].
   */
  async quit(): Promise<void> {
    await this.#files?.close();
    await this.#private?.close();
    this.#link.quit();
  }

  /** Leaves at once: what was not sent yet is lost. */
  abort(): void {
    this.#link.abort();
  }

  /** Resolves when there is room to send more, or nothing more can be sent. */
  ready(): Promise<void> {
    if (this.#link.unsentBytes <= sendMarkBytes || this.state.phase === 'closed')
      return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Stops events until `resumeReading`: for a view that cannot draw as fast as others write. */
  pauseReading(): void {
    this.#link.pause();
  }

  resumeReading(): void {
    this.#link.resume();
  }

  #toGroup(group: string, build: (group: GroupName) => Command): Sent {
    const name = parseGroupName(group);
    return name === undefined ? refuseCommand('not-a-group-name') : this.#send(build(name));
  }

  #send(command: Command): Sent {
    if (this.state.phase !== 'open') return refuseCommand('not-open');
    const overBytes = encodeUtf8(formatCommand(command)).length - 1 - defaultMaxLineBytes;
    if (overBytes > 0) return refuseLength(overBytes);
    if (this.#link.unsentBytes > sendCapBytes) return refuseCommand('queue-full');
    this.#link.send(command);
    return ok(undefined);
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  async #stateChanged(state: ClientState): Promise<void> {
    if (state.phase === 'open') this.#login(state.username, state);
    if (state.phase === 'closed') {
      this.#release();
      this.#userLists.clear();
      const ended = [this.#files, this.#private];
      this.#files = undefined;
      this.#private = undefined;
      // So that the end is told last, after what it did to files and private texts.
      for (const side of ended) if (side !== undefined) await side.close();
    }
    this.#sink({ type: 'state', state });
  }

  #login(me: Username, greeting: Greeting): void {
    const send = (command: Command) => {
      if (command.verb === 'GET_USERS') {
        // One answer is as good as another.
        if (this.#userLists.isAwaited) return;
        this.#userLists.asked('client');
      }
      this.#link.send(command);
    };
    const sink: ClientEventSink = (event) => {
      if (event.type === 'private') this.#files?.privateHeard(event.event);
      this.#sink(event);
    };
    const privateSide = new PrivateSide(me, this.#ports, this.#shown, send, sink, (note) =>
      this.#files?.noted(note),
    );
    this.#private = privateSide;
    const { files } = this.#ports;
    if (files === undefined) return;
    this.#files = new FileSide({
      me,
      files,
      ports: this.#ports,
      greeting,
      host: this.#settings.address.host,
      fingerprint: this.#link.fingerprint,
      privateSide,
      send,
      sink,
    });
  }

  #heard(event: ServerEvent): void {
    switch (event.verb) {
      case 'BCST':
        this.#message('lobby', event.from, event.text);
        return;
      case 'GROUP_MESSAGE':
        if (event.from === undefined) this.#sink({ type: 'group-notice', text: event.text });
        else this.#message('group', event.from, event.text);
        return;
      case '+OK':
        if (event.confirmed.of === 'BCST')
          this.#sink({ type: 'broadcast-sent', text: event.confirmed.text });
        if (event.confirmed.of === 'QUIT') this.#sink({ type: 'goodbye' });
        return;
      case '+SUCCESS':
        this.#succeeded(event.text);
        return;
      case '-SOFT_ERR':
        this.#refused(replyOf(soft.parse(event.text), event.text));
        return;
      case 'PM':
      case 'REQUEST_PUBLIC_KEY':
      case 'PUBLIC_KEY':
        this.#saw(event.from);
        this.#private?.heard(event);
        return;
      case 'FILE_TRANS':
      case 'READY_FOR_FILE':
      case 'OPEN_PORT_TO_RECEIVE':
        this.#files?.heard(event);
        return;
      // A second greeting says nothing new.
      case 'HELO':
    }
  }

  #message(place: 'lobby' | 'group', from: Username, text: string): void {
    this.#saw(from);
    this.#sink({ type: 'message', message: { place, from, text, encrypted: false } });
  }

  #saw(user: Username): void {
    this.people.saw(user);
    this.#files?.heardFrom(user);
  }

  #refused(reply: Reply<SoftCode>): void {
    // What the client asked for itself is nothing that the person did.
    const isOwn = this.#files?.refused(reply.code) ?? false;
    if (!isOwn) this.#sink({ type: 'refused', reply });
    if (reply.code === 'no-such-user') this.#private?.noSuchUser();
  }

  #succeeded(text: string): void {
    const names = parseUserList(text);
    if (names !== undefined) {
      for (const name of names) this.people.saw(name);
      this.#files?.listed(names);
      if (this.#userLists.answered() === 'client') this.#private?.listed(names);
      else this.#sink({ type: 'users', names });
    } else this.#sink({ type: 'success', reply: replyOf(success.parse(text), text) });
  }
}

function replyOf<Code extends string>(
  parsed: ParsedReply<Code> | undefined,
  text: string,
): Reply<Code> {
  return { code: parsed?.code, values: parsed?.values ?? {}, text };
}
