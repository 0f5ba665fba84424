// The line client: between a console and a headless client, from the first connection attempt to the last word. Owns
// when lines are read, what leaving means, and how the chat ended; knows no terminal and no socket.

import type { ChatClient, ClientPorts } from '../../client/chat-client.ts';
import type { ClientEvent, ClientEventSink } from '../../client/client-event.ts';
import type { ClientState } from '../../client/client-state.ts';
import type { Transfer } from '../../client/files/transfer.ts';
import { formatServerAddress, type ServerAddress } from '../../client/server-address.ts';
import type { Deeds } from '../commands/deeds.ts';
import { runTyped } from '../commands/run.ts';
import { Leaving } from '../leaving.ts';
import { newcomerWords, type Newcomer } from '../newcomer.ts';
import { complete } from './completion.ts';
import { findEarlier, messageKey } from './earlier.ts';
import type { Console, TypedLine } from './console.ts';
import { farewell, withUnsent, reasonOf, type Outcome } from './farewell.ts';
import { formatStatus } from './file-progress.ts';
import { present } from './present.ts';
import { hint, notice, warning } from './printed-line.ts';
import type { WriteFile } from './export.ts';
import { lineDeeds } from './line-deeds.ts';

/** Messages of the history that a terminal shows at the start. */
const lastShown = 10;

export interface LineClientSettings {
  readonly address: ServerAddress;
  readonly console: Console;
  /** So many messages of the history are shown at the start. */
  readonly history?: number;
  readonly writeFile: WriteFile;
  /** Whom to tell what was made, once they are in. */
  readonly newcomer?: Newcomer | undefined;
  /** Begins to connect. Where somebody is there to be asked, `ask` asks for a code to come in with. */
  readonly connect: (sink: ClientEventSink, ask: AskInvite | undefined) => ChatClient;
}

type AskInvite = NonNullable<ClientPorts['askInvite']>;

export class LineClient {
  readonly #settings: LineClientSettings;
  readonly #client: ChatClient;
  /** Lines wait for the login; kept when the client is open, or never will be. */
  #admitted: Promise<void>;
  readonly #outcome: Promise<Outcome>;
  #admit: () => void = () => {};
  #end: (outcome: Outcome) => void = () => {};
  readonly #deeds: Deeds;
  /** The next line is not something to say, but the answer to a question. */
  #answer: ((line: string) => void) | undefined;
  /** `before`: not yet connected; `lost`: not any more, for now. */
  #contact: 'before' | 'made' | 'lost' = 'before';
  /** `due`: what was said before this start is not shown yet; `gathering`: it is being read. */
  #earlier: 'due' | 'gathering' | 'shown' = 'due';
  /** Live messages that came meanwhile. */
  #later: Extract<ClientEvent, { readonly type: 'message' }>[] = [];
  readonly #leaving: Leaving;
  /** Ctrl-C was pressed once with nothing typed. */
  #isWarned = false;

  constructor(settings: LineClientSettings) {
    this.#settings = settings;
    this.#admitted = new Promise((resolve) => (this.#admit = resolve));
    this.#outcome = new Promise((resolve) => (this.#end = resolve));
    this.#leaving = new Leaving({
      client: () => this.#client,
      transfers: () => this.#files(),
      waitsFor: (what, count) => this.#waitsFor(what, count),
    });
    this.#client = settings.connect(
      (event) => this.#heard(event),
      settings.console.interactive ? (why, orGuest) => this.#askInvite(why, orGuest) : undefined,
    );
    this.#deeds = lineDeeds({
      client: this.#client,
      print: (printed) => settings.console.print(printed),
      writeFile: settings.writeFile,
      leave: () => this.leave(),
    });
    settings.console.start({
      onLine: (line) => this.#typed(line),
      onEnd: () => this.#leaving.hasBegun || this.leave(),
      onCtrlC: () => this.#ctrlC(),
      onFull: (isFull) => (isFull ? this.#client.pauseReading() : this.#client.resumeReading()),
      onGone: () => this.leave(),
      complete: (line) => complete(line, this.#client.people.names),
    });
  }

  /** How it ended, when it has. */
  get outcome(): Promise<Outcome> {
    return this.#outcome;
  }

  /** Leaves as `q` does: what was typed still arrives, if that takes no longer than it may. The second time, at once. */
  leave(): void {
    this.#leaving.begin();
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

  #heard(event: ClientEvent): void {
    const { console } = this.#settings;
    if (event.type === 'caught-up' && this.#earlier === 'due') void this.#showEarlier();
    if (event.type === 'message' && this.#isEarly(event)) return;
    this.#show(event);
    if (event.type === 'file') {
      console.status(formatStatus(this.#files()));
      this.#leaving.fileMoved();
    }
    if (event.type === 'state') this.#stateChanged(event.state);
  }

  #show(event: ClientEvent): void {
    const meantBy = (name: string) => this.#client.people.meantBy(name);
    for (const line of present(event, meantBy)) this.#settings.console.print(line);
    // What is printed is seen, as far as this program can know.
    const filed = event.type === 'message' ? event.message.filed : undefined;
    if (filed?.seq !== undefined) this.#client.read(filed.conversation);
  }

  /** Whether it is shown with what was said before, or after it. */
  #isEarly(event: Extract<ClientEvent, { readonly type: 'message' }>): boolean {
    if (event.message.filed?.seq === undefined || this.#earlier === 'shown') return false;
    // Until everything that was missed is here it is on the device, unread, and shown from there.
    if (this.#earlier === 'gathering') this.#later.push(event);
    return true;
  }

  async #showEarlier(): Promise<void> {
    const { console, history } = this.#settings;
    this.#earlier = 'gathering';
    const last = history ?? (console.interactive ? lastShown : 0);
    const { state } = this.#client;
    const me = state.phase === 'open' ? state.username : '';
    const earlier = await findEarlier(this.#client, me, { last, all: !console.interactive });
    for (const line of earlier.lines) console.print(line);
    for (const { name } of this.#client.conversations) this.#client.read(name);
    this.#earlier = 'shown';
    const later = this.#later;
    this.#later = [];
    for (const event of later) {
      const { filed } = event.message;
      if (filed?.seq === undefined) continue;
      if (!earlier.shown.has(messageKey(filed.conversation, filed.seq))) this.#show(event);
    }
  }

  #stateChanged(state: ClientState): void {
    const { address, console } = this.#settings;
    switch (state.phase) {
      case 'open':
        this.#opened(state);
        return;
      case 'waiting':
        if (this.#contact === 'lost') return;
        this.#contact = 'lost';
        console.print(warning(`${reasonOf(state.reason, address)}; trying to connect again`));
        // A script is not told that a line was lost: its lines wait.
        if (!console.interactive)
          this.#admitted = new Promise((resolve) => (this.#admit = resolve));
        return;
      case 'closed':
        this.#admit();
        this.#leaving.fileMoved();
        this.#finish(withUnsent(farewell(state.reason, address), this.#client.unsent));
        return;
      case 'connecting':
      case 'greeting':
      case 'login':
      case 'closing':
    }
  }

  #opened(state: Extract<ClientState, { readonly phase: 'open' }>): void {
    const { address, console } = this.#settings;
    if (this.#contact === 'lost') console.print(notice('connected again'));
    else {
      console.print(hint(arrival(state, address)));
      const { newcomer } = this.#settings;
      const words = newcomer && newcomerWords(newcomer, state.username, state.as);
      for (const text of words ?? []) console.print(notice(text));
      console.print(hint('what you type goes to everybody; /help shows what else there is'));
      console.prompt();
    }
    this.#contact = 'made';
    this.#admit();
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
    const without = orGuest ? 'to come in as a guest' : 'to leave';
    console.print(notice(`type your code, or just Enter ${without}`));
    console.prompt();
    const line = await new Promise<string>((resolve) => (this.#answer = resolve));
    const code = line.trim();
    return code === '' ? undefined : code;
  }

  async #typed(line: TypedLine): Promise<void> {
    const answer = this.#answer;
    if (answer !== undefined && line.ok) {
      this.#answer = undefined;
      answer(line.value);
      return;
    }
    await this.#admitted;
    await this.#client.ready();
    // A second farewell does not wait for files.
    if (this.#leaving.hasBegun && line.ok && line.value.trim() === 'q') this.leave();
    if (this.#client.state.phase === 'closed' || this.#leaving.hasBegun) return;
    this.#isWarned = false;
    const { console } = this.#settings;
    if (!line.ok) {
      console.print(warning(`nothing was sent. ${line.error}`));
      return;
    }
    const done = await runTyped(line.value, this.#deeds);
    if (!done.ok) console.print(warning(done.error));
    else if (done.value !== undefined) console.print(notice(done.value));
  }

  #ctrlC(): void {
    const { console } = this.#settings;
    const { phase } = this.#client.state;
    const isThere = phase === 'open' || this.#contact === 'lost';
    const isTyping = console.interactive && isThere && !this.#leaving.hasBegun;
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
    this.#settings.console.close();
    this.#end(outcome);
  }
}

function arrival(
  { username, welcome }: Extract<ClientState, { readonly phase: 'open' }>,
  address: ServerAddress,
): string {
  const connected = `connected to ${formatServerAddress(address)} as ${username}`;
  return welcome === '' ? connected : `${connected}: ${welcome}`;
}
