// The line client: between a console and a headless client, from the first connection attempt to the last word. Owns
// when lines are read, what leaving means, and how the chat ended; knows no terminal and no socket.

import type { ChatClient } from '../../client/chat-client.ts';
import type { ClientEvent, ClientEventSink } from '../../client/client-event.ts';
import type { ClientState } from '../../client/client-state.ts';
import type { Transfer } from '../../client/files/transfer.ts';
import { formatServerAddress, type ServerAddress } from '../../client/server-address.ts';
import { complete } from './completion.ts';
import type { Console, TypedLine } from './console.ts';
import { farewell, type Outcome } from './farewell.ts';
import { formatStatus, isUnderWay } from './file-progress.ts';
import { present } from './present.ts';
import { hint, notice, warning } from './printed-line.ts';
import { runTyped } from './typed.ts';

/**
 * For private texts to arrive before leaving: a little longer than the Messenger waits for a key or a receipt, so that
 * the reason is known by then.
 */
export const settleMs = 6_000;

export interface LineClientSettings {
  readonly address: ServerAddress;
  readonly console: Console;
  /** Begins to connect. */
  readonly connect: (sink: ClientEventSink) => ChatClient;
}

export class LineClient {
  readonly #settings: LineClientSettings;
  readonly #client: ChatClient;
  /** Lines wait for the login; kept when the client is open, or never will be. */
  readonly #admitted: Promise<void>;
  readonly #outcome: Promise<Outcome>;
  #admit: () => void = () => {};
  #end: (outcome: Outcome) => void = () => {};
  /** The safety numbers that were shown, by user: what "yes" is about. */
  readonly #compared = new Map<string, string>();
  #isLeaving = false;
  #fileMoved: () => void = () => {};
  /** Ctrl-C was pressed once with nothing typed. */
  #isWarned = false;

  constructor(settings: LineClientSettings) {
    this.#settings = settings;
    this.#admitted = new Promise((resolve) => (this.#admit = resolve));
    this.#outcome = new Promise((resolve) => (this.#end = resolve));
    this.#client = settings.connect((event) => this.#heard(event));
    settings.console.start({
      onLine: (line) => this.#typed(line),
      onEnd: () => this.#isLeaving || this.leave(),
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
    if (this.#isLeaving) {
      this.#client.abort();
      return;
    }
    this.#isLeaving = true;
    void this.#leaveWhenSettled();
  }

  /** Leaves at once, as for Ctrl-C. */
  interrupt(): void {
    this.#finish({ kind: 'interrupted' });
    this.#client.abort();
  }

  async #leaveWhenSettled(): Promise<void> {
    const { console } = this.#settings;
    await this.#filesSettled();
    if (this.#client.textsUnderWay > 0) {
      console.print(
        hint('waiting until your last private messages have arrived; Ctrl-C leaves at once'),
      );
    }
    await this.#client.settled(settleMs);
    await this.#client.quit();
  }

  /** Resolves when no file is being sent or received any more. Those that wait for somebody go on another time. */
  async #filesSettled(): Promise<void> {
    const underWay = (): number => this.#files().filter(isUnderWay).length;
    if (underWay() > 0) {
      const many = underWay() > 1 ? `${underWay()} files are` : 'a file is';
      const advice = 'Ctrl-C, or q again, leaves at once; they go on when both are back';
      this.#settings.console.print(hint(`waiting, ${many} on the way; ${advice}`));
    }
    while (underWay() > 0) await new Promise<void>((resolve) => (this.#fileMoved = resolve));
  }

  #files(): readonly Transfer[] {
    return this.#client.files?.list ?? [];
  }

  #heard(event: ClientEvent): void {
    const { console } = this.#settings;
    const meantBy = (name: string) => this.#client.people.meantBy(name);
    for (const line of present(event, meantBy)) console.print(line);
    if (event.type === 'file') {
      console.status(formatStatus(this.#files()));
      this.#fileMoved();
    }
    if (event.type === 'state') this.#stateChanged(event.state);
  }

  #stateChanged(state: ClientState): void {
    const { address, console } = this.#settings;
    switch (state.phase) {
      case 'open':
        console.print(hint(arrival(state, address)));
        console.print(hint('what you type goes to everybody; /help shows what else there is'));
        console.prompt();
        this.#admit();
        return;
      case 'closed':
        this.#admit();
        this.#fileMoved();
        this.#finish(farewell(state.reason, address));
        return;
      case 'connecting':
      case 'greeting':
      case 'login':
      case 'closing':
    }
  }

  async #typed(line: TypedLine): Promise<void> {
    await this.#admitted;
    await this.#client.ready();
    // A second farewell does not wait for files.
    if (this.#isLeaving && line.ok && line.value.trim() === 'q') this.leave();
    if (this.#client.state.phase !== 'open' || this.#isLeaving) return;
    this.#isWarned = false;
    const { console } = this.#settings;
    if (!line.ok) {
      console.print(warning(`nothing was sent. ${line.error}`));
      return;
    }
    await runTyped(line.value, {
      client: this.#client,
      compared: this.#compared,
      print: (printed) => console.print(printed),
      leave: () => this.leave(),
    });
  }

  #ctrlC(): void {
    const { console } = this.#settings;
    const isTyping = console.interactive && this.#client.state.phase === 'open' && !this.#isLeaving;
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
