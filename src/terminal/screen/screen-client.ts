// The chat on a full screen, from the first connection attempt to the last word: between a screen and a headless client.
// Owns what leaving means, and how the chat ended.

import type { ChatClient, ClientPorts } from '../../client/chat-client.ts';
import type { ClientEvent, ClientEventSink } from '../../client/client-event.ts';
import type { ClientState } from '../../client/client-state.ts';
import type { Clock, Timers } from '../../client/ports.ts';
import { formatServerAddress, type ServerAddress } from '../../client/server-address.ts';
import { farewell, withUnsent, type Outcome } from '../line/farewell.ts';
import { formatStatus } from '../line/file-progress.ts';
import { Leaving } from '../leaving.ts';
import { newcomerWords, type Newcomer } from '../newcomer.ts';
import { ClientModel } from './client-model.ts';
import type { Config } from './config.ts';
import { Screen, type ScreenPorts } from './screen.ts';
import type { TerminalOwner } from './terminal-owner.ts';
import type { SchemeName } from './theme.ts';

export interface ScreenClientSettings {
  readonly address: ServerAddress;
  readonly username: string;
  readonly terminal: TerminalOwner;
  readonly scheme: SchemeName;
  readonly config: Config;
  readonly ports: Omit<ScreenPorts, 'now'>;
  readonly now: Clock;
  readonly timers: Timers;
  /** Whom to tell what was made, once they are in. */
  readonly newcomer: Newcomer | undefined;
  /** Begins to connect. */
  readonly connect: (sink: ClientEventSink, ask: AskInvite) => ChatClient;
}

type AskInvite = NonNullable<ClientPorts['askInvite']>;

export class ScreenClient {
  readonly #settings: ScreenClientSettings;
  readonly #client: ChatClient;
  readonly #model: ClientModel;
  readonly #screen: Screen;
  readonly #outcome: Promise<Outcome>;
  #end: (outcome: Outcome) => void = () => {};
  #newcomer: Newcomer | undefined;
  readonly #leaving: Leaving;

  constructor(settings: ScreenClientSettings) {
    const { address, username, terminal, scheme, config, ports, now, timers } = settings;
    this.#settings = settings;
    this.#newcomer = settings.newcomer;
    this.#outcome = new Promise((resolve) => (this.#end = resolve));
    this.#leaving = new Leaving({
      client: () => this.#client,
      transfers: () => this.#model.transfers,
      waitsFor: (what) => this.#waitsFor(what),
    });
    this.#client = settings.connect(
      (event) => this.#heard(event),
      (why, orGuest) => this.#screen.askInvite(why, orGuest),
    );
    this.#model = new ClientModel(
      {
        me: username,
        server: formatServerAddress(address),
        isTls: address.transport === 'tls',
        now,
        timers,
      },
      this.#client,
    );
    this.#screen = new Screen({
      model: this.#model,
      terminal,
      scheme,
      config,
      ports: { ...ports, now },
      leave: (how) => (how === 'settled' ? this.leave() : this.interrupt()),
    });
  }

  /** How it ended, when it has. */
  get outcome(): Promise<Outcome> {
    return this.#outcome;
  }

  /** Leaves when what was typed has arrived, if that takes no longer than it may. The second time, at once. */
  leave(): void {
    this.#leaving.begin();
  }

  /** Leaves at once. */
  interrupt(): void {
    this.#finish({ kind: 'interrupted' });
    this.#client.abort();
  }

  #waitsFor(what: 'files' | 'texts'): void {
    const words =
      what === 'files'
        ? 'waiting for files on the way; /quit again leaves at once, they go on another time'
        : 'waiting until your last messages have arrived; /quit again leaves at once';
    this.#screen.print('notice', words);
  }

  #heard(event: ClientEvent): void {
    this.#model.heard(event);
    if (event.type === 'file') {
      this.#screen.work = formatStatus(this.#model.transfers);
      this.#leaving.fileMoved();
    }
    if (event.type === 'state' && event.state.phase === 'open') this.#welcome(event.state);
    if (event.type === 'state' && event.state.phase === 'closed') {
      this.#leaving.fileMoved();
      const outcome = farewell(event.state.reason, this.#settings.address);
      this.#finish(withUnsent(outcome, this.#client.unsent));
    }
  }

  #welcome({ username, as }: Extract<ClientState, { readonly phase: 'open' }>): void {
    const newcomer = this.#newcomer;
    this.#newcomer = undefined;
    if (newcomer === undefined) return;
    for (const words of newcomerWords(newcomer, username, as)) this.#screen.print('notice', words);
  }

  #finish(outcome: Outcome): void {
    this.#screen.close();
    this.#end(outcome);
  }
}
