// The line client: between a console and a headless client, from the first connection attempt to the end. Owns when
// lines are read, what leaving means, and how the chat ended; knows no terminal and no socket.

import type { DraftStore } from '../../client/draft-writer.ts';
import type { ChatClient, ClientPorts } from '../../client/chat-client.ts';
import type { ClientEvent, ClientEventSink } from '../../client/client-event.ts';
import type { ClientState, CloseReason } from '../../client/client-state.ts';
import { GroupCommands } from '../../client/group-commands.ts';
import type { Timers } from '../../client/ports.ts';
import type { Transfer } from '../../client/files/transfer.ts';
import { formatServerAddress, type ServerAddress } from '../../client/connection/server-address.ts';
import { err, ok } from '../../lib/result.ts';
import type { Place } from '../../wire/extended/names.ts';
import type { CommandActions, Verdict } from '../../client/commands/actions.ts';
import { runTyped } from '../../client/commands/run.ts';
import { ExitWait } from '../exit-wait.ts';
import { newcomerWords, type FirstLoginFacts } from '../first-login-words.ts';
import { complete } from './completion.ts';
import { EarlierMessages } from './earlier-messages.ts';
import { KeyStandings } from './key-standings.ts';
import type { Console, ConsoleLine } from './console.ts';
import { farewell, withUnsent, reasonOf, type Outcome } from '../../client/wording/farewell.ts';
import { waitsForDisk } from '../../client/wording/connection-words.ts';
import { formatStatus } from '../../client/wording/file-progress.ts';
import { DeliveryReport } from './delivery-report.ts';
import { contentWords } from '../../client/wording/content-words.ts';
import { excerpt, whereTo } from '../../client/wording/present-own.ts';
import { PlaceMarks } from '../../client/wording/place-marks.ts';
import { present } from '../../client/wording/present.ts';
import { hint, notice, warning } from '../../client/wording/printed-line.ts';
import type { ReadFile, WriteFile } from './export.ts';
import { lineActions } from './line-actions.ts';
import { reactionLine } from './line-messages.ts';
import { LineDraft } from './line-draft.ts';
import { askWords } from './words-question.ts';

/** How many messages of the history a terminal shows at the start. */
const lastShown = 10;
/** How long to wait for a script's end after its lines have waited for the server. */
const lastLinesMs = 2_000;
/** The most unsent messages that are listed at the end. */
const maxUnsentNamed = 20;

/** Events that are not shown if only sending matters. */
const aboutOthers: ReadonlySet<ClientEvent['type']> = new Set([
  'message',
  'amended',
  'caught-up',
  'group-notice',
  'member',
]);

export interface LineClientSettings {
  readonly address: ServerAddress;
  readonly console: Console;
  /** How many messages of the history are shown at the start. */
  readonly history?: number;
  readonly writeFile: WriteFile;
  readonly readFile: ReadFile;
  readonly timers: Timers;
  /**
   * How long a script's lines wait for a server that is unreachable at the start. Then they are stored, if possible.
   */
  readonly patienceMs?: number;
  /** Every line is a text for this place, and none is a command. */
  readonly literal?: Place | undefined;
  /** Nobody reads: messages of others are not shown, and stay unread. */
  readonly isDeaf?: boolean;
  /** Whether rows name their place, on a server that is more than version 1. */
  readonly marksPlaces: boolean;
  /** For a first login: what to tell the person about it. */
  readonly newcomer?: FirstLoginFacts | undefined;
  /** Where unsent typed text is stored. */
  readonly drafts?: DraftStore;
  /** Begins to connect. If a person is there, `ask` asks for a code for the login. */
  readonly connect: (sink: ClientEventSink, ask: AskInvite | undefined) => ChatClient;
}

type AskInvite = NonNullable<ClientPorts['askInvite']>;

export class LineClient {
  readonly #settings: LineClientSettings;
  readonly #client: ChatClient;
  /** Lines wait for the login. Resolves when the client is open, or never will be. */
  #admitted: Promise<void>;
  readonly #outcome: Promise<Outcome>;
  #admit: () => void = () => {};
  #end: (outcome: Outcome) => void = () => {};
  readonly #actions: CommandActions;
  readonly #commands = new GroupCommands();
  readonly #marks: PlaceMarks;
  readonly #keys: KeyStandings;
  readonly #draft: LineDraft | undefined;
  #isPrompting = false;
  readonly #deliveries = new DeliveryReport();
  /** Gets the next line, which is the answer to a question. */
  #answer: ((line: string) => void | Promise<void>) | undefined;
  /** `before`: not yet connected; `lost`: not any more, for now. */
  #contact: 'before' | 'made' | 'lost' = 'before';
  readonly #earlier: EarlierMessages;
  readonly #exitWait: ExitWait;
  #wasIn = false;
  /** Why the server was unreachable at the start, as long as it is. */
  #unreached: CloseReason | undefined;
  #cancelWait: () => void = () => {};
  /** Whether Ctrl-C was pressed once with nothing typed. */
  #isWarned = false;

  constructor(settings: LineClientSettings) {
    this.#settings = settings;
    this.#admitted = new Promise((resolve) => (this.#admit = resolve));
    this.#outcome = new Promise((resolve) => (this.#end = resolve));
    this.#exitWait = new ExitWait({
      client: () => this.#client,
      transfers: () => this.#files(),
      waitsFor: (what, count) => this.#waitsFor(what, count),
    });
    this.#client = settings.connect(
      (event) => this.#receive(event),
      settings.console.interactive ? (why, orGuest) => this.#askInvite(why, orGuest) : undefined,
    );
    this.#marks = new PlaceMarks(this.#client.username, settings.marksPlaces);
    this.#keys = new KeyStandings(this.#client.username, this.#client.devices);
    const isInteractive = settings.console.interactive;
    this.#earlier = new EarlierMessages({
      client: this.#client,
      marks: this.#marks,
      last: settings.history ?? (isInteractive ? lastShown : 0),
      all: !isInteractive,
      print: (line) => settings.console.print(line),
      show: (event) => this.#show(event),
    });
    this.#actions = lineActions({
      client: this.#client,
      commands: this.#commands,
      print: (printed) => settings.console.print(printed),
      writeFile: settings.writeFile,
      readFile: settings.readFile,
      leave: () => this.leave(),
      now: Date.now,
      beforeTextTo: (name) => this.#tellKeyOf(name),
      askWords: (act) =>
        askWords({
          console: settings.console,
          nextLine: (take) => (this.#answer = take),
          act,
          tell: (done) => this.#tell(done),
        }),
      unencryptedSent: () => this.#deliveries.unencryptedSent(),
    });
    this.#draft = this.#keepDraft();
    settings.console.start({
      onLine: (line) => this.#typed(line),
      onEnd: () => this.#exitWait.hasBegun || this.leave(),
      onCtrlC: () => this.#ctrlC(),
      afterKey: () => {
        this.#client.hurry();
        this.#draft?.look();
      },
      onFull: (isFull) => (isFull ? this.#client.pauseReading() : this.#client.resumeReading()),
      onGone: () => this.leave(),
      complete: (line) => complete(line, this.#client.people.names),
    });
  }

  /** How the chat ended. Resolves then. */
  get outcome(): Promise<Outcome> {
    return this.#outcome;
  }

  /** Leaves like `q`: typed messages still arrive, up to a time limit. The second time, at once. */
  leave(): void {
    this.#exitWait.begin();
  }

  /** Leaves at once, as for Ctrl-C. */
  interrupt(): void {
    this.#finish({ kind: 'interrupted' });
    this.#client.abort();
  }

  #waitsFor(what: 'files' | 'texts', count: number): void {
    const many = count > 1 ? `${count} files are` : 'a file is';
    const advice = 'Ctrl-C, or q again, leaves at once; they go on when both are back';
    const words =
      what === 'files'
        ? `waiting, ${many} on the way; ${advice}`
        : 'waiting until your last messages have arrived; Ctrl-C leaves at once';
    this.#settings.console.print(hint(words));
  }

  #files(): readonly Transfer[] {
    return this.#client.files?.list ?? [];
  }

  #receive(event: ClientEvent): void {
    const { console } = this.#settings;
    this.#marks.receive(event);
    const isDeaf = this.#settings.isDeaf === true;
    if (isDeaf && aboutOthers.has(event.type)) return;
    if (event.type === 'caught-up') this.#earlier.caughtUp();
    if (event.type === 'message' && this.#earlier.takes(event)) return;
    if (event.type === 'amended' && event.amendment.content.kind === 'react') {
      void this.#tellReaction(event);
      return;
    }
    this.#show(event);
    if (event.type === 'success' || event.type === 'refused') this.#commands.answered(event);
    const undelivered = this.#deliveries.receive(event);
    if (!console.interactive) for (const line of undelivered) console.print(line);
    if (event.type === 'file') {
      console.status(formatStatus(this.#files()));
      this.#exitWait.fileMoved();
    }
    if (event.type === 'state') this.#stateChanged(event.state);
  }

  #show(event: ClientEvent): void {
    const meantBy = (name: string) => this.#client.people.meantBy(name);
    const { console, isDeaf } = this.#settings;
    for (const line of this.#keys.receive(event)) console.print(line);
    const isHidden = this.#isHidden(event);
    for (const line of isHidden ? [] : present(event, meantBy, this.#marks)) {
      const isOwn = line.kind === 'notice' || line.kind === 'warning';
      if (isOwn || isDeaf !== true) console.print(line);
    }
    // A printed message counts as seen.
    const filed = event.type === 'message' ? event.message.filed : undefined;
    if (filed?.seq !== undefined) this.#client.read(filed.conversation);
  }

  /** Whether it is of somebody whom the person ignores, where that holds. */
  #isHidden(event: ClientEvent): boolean {
    const { quiet } = this.#client;
    if (event.type === 'message')
      return event.message.place !== 'private' && quiet.isIgnored(event.message.from);
    if (event.type !== 'amended') return false;
    const { place, amendment } = event;
    return place.kind !== 'direct' && quiet.isIgnored(amendment.by);
  }

  /** A reaction says to what, which the device's history knows. */
  async #tellReaction(event: Extract<ClientEvent, { readonly type: 'amended' }>): Promise<void> {
    if (event.isOwn || event.late || !event.isHere || this.#isHidden(event)) return;
    const line = await reactionLine(this.#client, event);
    if (line !== undefined) this.#settings.console.print(line);
  }

  async #tellKeyOf(name: string): Promise<void> {
    // A command that only sends is told of changes only.
    if (this.#settings.isDeaf === true) return;
    for (const line of await this.#keys.beforeTextTo(name)) this.#settings.console.print(line);
  }

  #stateChanged(state: ClientState): void {
    const { address, console } = this.#settings;
    if (state.phase !== 'open') this.#commands.lost();
    switch (state.phase) {
      case 'open':
        this.#opened(state);
        return;
      case 'waiting':
        if (!this.#wasIn) this.#unreached ??= state.reason;
        if (this.#contact === 'lost') return;
        console.print(warning(`${reasonOf(state.reason, address)}; trying to connect again`));
        if (this.#contact === 'before') this.#waitForServer();
        // A script is not told that the connection was lost: its lines wait.
        else if (!console.interactive)
          this.#admitted = new Promise((resolve) => (this.#admit = resolve));
        this.#contact = 'lost';
        return;
      case 'closed':
        this.#admit();
        this.#exitWait.fileMoved();
        this.#finish(this.#outcomeOf(state.reason));
        return;
      case 'login':
        if (state.waitsFor === 'disk') console.print(warning(waitsForDisk));
        return;
      case 'connecting':
      case 'greeting':
      case 'closing':
    }
  }

  /**
   * There is no server, but the device's data. A person reads it, and writes what is sent later. A script's lines wait
   * for some seconds; then those that can be stored are stored, and it ends.
   */
  #waitForServer(): void {
    const { console, patienceMs, timers } = this.#settings;
    if (console.interactive) {
      void this.#earlier.show();
      console.print(hint('what you say is kept, and goes out when the server is there'));
      this.#prompt();
      this.#admit();
      return;
    }
    this.#cancelWait = timers.after(patienceMs ?? 0, () => {
      this.#admit();
      // If more lines come, the end comes anyway.
      this.#cancelWait = timers.after(lastLinesMs, () => this.leave());
    });
  }

  #opened(state: Extract<ClientState, { readonly phase: 'open' }>): void {
    const { address, console } = this.#settings;
    this.#cancelWait();
    this.#unreached = undefined;
    if (this.#contact === 'lost')
      console.print(notice(this.#wasIn ? 'connected again' : 'connected'));
    else {
      console.print(hint(firstConnection(state, address)));
      const { newcomer } = this.#settings;
      const words = newcomer && newcomerWords(newcomer, state.username, state.as);
      for (const text of words ?? []) console.print(notice(text));
      console.print(hint('what you type goes to everybody; /help shows what else there is'));
      this.#prompt();
    }
    this.#contact = 'made';
    this.#wasIn = true;
    this.#admit();
  }

  #keepDraft(): LineDraft | undefined {
    const { console, drafts, timers } = this.#settings;
    if (drafts === undefined || !console.interactive) return undefined;
    return new LineDraft({
      draftStore: drafts,
      timers,
      // An answer is not a message, and may be a code.
      typed: () => (this.#answer === undefined ? console.unfinished : undefined),
      failed: (reason) => console.print(warning(`what you type cannot be kept: ${reason}`)),
    });
  }

  /** From now on lines are messages, and an earlier draft is in the input again. */
  #prompt(): void {
    const { console } = this.#settings;
    console.prompt();
    if (this.#isPrompting) return;
    this.#isPrompting = true;
    const text = this.#draft?.begin() ?? '';
    if (text === '') return;
    const words = 'what you had begun to write';
    // A person who is typing already gets it to read.
    console.print(
      hint(console.putBack(text) ? `${words} stands there again` : `${words}: ${text}`),
    );
  }

  async #askInvite(why: 'needed' | 'invalid', orGuest: boolean): Promise<string | undefined> {
    const { console } = this.#settings;
    console.print(
      notice(
        why === 'needed'
          ? 'this name is new here, and the server asks newcomers for an invite code'
          : 'the server does not know that code, or somebody has used it',
      ),
    );
    const without = orGuest ? 'to log in as a guest' : 'to leave';
    console.print(notice(`type your code, or just Enter ${without}`));
    console.prompt();
    const line = await new Promise<string>((resolve) => (this.#answer = resolve));
    const code = line.trim();
    return code === '' ? undefined : code;
  }

  async #typed(line: ConsoleLine): Promise<void> {
    const answer = this.#answer;
    if (answer !== undefined && line.ok) {
      this.#answer = undefined;
      await answer(line.value);
      return;
    }
    await this.#admitted;
    await this.#client.ready();
    // A second request to leave does not wait for files.
    const isLeaving = line.ok && this.#settings.literal === undefined && line.value.trim() === 'q';
    if (this.#exitWait.hasBegun && isLeaving) this.leave();
    if (this.#client.state.phase === 'closed' || this.#exitWait.hasBegun) return;
    this.#isWarned = false;
    this.#tell(line.ok ? await this.#do(line.value) : err(`nothing was sent. ${line.error}`));
  }

  #tell(done: Verdict): void {
    const { console } = this.#settings;
    if (done.ok) {
      if (done.value !== undefined) console.print(notice(done.value));
      return;
    }
    this.#deliveries.refused();
    console.print(warning(done.error));
  }

  /** Runs the line's command, or sends it as it is. */
  async #do(line: string): Promise<Verdict> {
    const { literal } = this.#settings;
    if (literal === undefined) return runTyped(line, this.#actions);
    // There are no empty messages.
    if (line === '') return ok(undefined);
    switch (literal.kind) {
      case 'lobby':
        return this.#actions.say(line);
      case 'group':
        return this.#actions.sayIn(literal.group, line);
      case 'direct':
        return this.#actions.sayTo(literal.user, line);
    }
  }

  #outcomeOf(reason: CloseReason): Outcome {
    const { address, console } = this.#settings;
    const { waiting, unsent, unkept } = this.#client;
    if (reason.code === 'store-failed') {
      // What the disk did not store exists only here: all of it is printed.
      for (const { place, content } of unkept) {
        const words = contentWords(content);
        console.print(warning(`NOT KEPT AND NOT SENT${whereTo(place)}: ${words}`));
      }
      return farewell(reason, address);
    }
    for (const { place, content } of waiting.slice(0, maxUnsentNamed)) {
      const words = excerpt(contentWords(content));
      console.print(warning(`not sent yet${whereTo(place)}: "${words}"`));
    }
    // If the server was never reached, leaving means that there was no login.
    const isUnreached = reason.code === 'quit' && !console.interactive && unsent === 0;
    const why = isUnreached ? (this.#unreached ?? reason) : reason;
    const outcome = withUnsent(farewell(why, address), unsent);
    const isPart = outcome.kind === 'left' && !console.interactive && !this.#deliveries.isWhole;
    return isPart ? { kind: 'undelivered' } : outcome;
  }

  #ctrlC(): void {
    const { console } = this.#settings;
    const { phase } = this.#client.state;
    const isThere = phase === 'open' || this.#contact === 'lost';
    const isTyping = console.interactive && isThere && !this.#exitWait.hasBegun;
    if (!isTyping || this.#isWarned) {
      this.interrupt();
    } else if (console.unfinished === '') {
      this.#isWarned = true;
      console.print(notice('Ctrl-C again leaves at once, q when all is sent'));
    } else {
      console.clearUnfinished();
    }
  }

  #finish(outcome: Outcome): void {
    this.#cancelWait();
    const { console } = this.#settings;
    const lost = this.#draft?.close() ?? '';
    if (lost !== '') console.print(warning(`what you were typing could not be kept: ${lost}`));
    console.close();
    this.#end(outcome);
  }
}

function firstConnection(
  { username, welcome }: Extract<ClientState, { readonly phase: 'open' }>,
  address: ServerAddress,
): string {
  const connected = `connected to ${formatServerAddress(address)} as ${username}`;
  return welcome === '' ? connected : `${connected}: ${welcome}`;
}
