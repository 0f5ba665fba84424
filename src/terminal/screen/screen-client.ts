// The chat on a full screen, from the first connection attempt to the end: between a screen and a headless client. Owns
// what leaving means, and how the chat ended.

import type { DraftStore } from '../../client/draft-writer.ts';
import type { ChatClient, ClientPorts } from '../../client/chat-client.ts';
import type { ClientEvent, ClientEventSink } from '../../client/client-event.ts';
import { textOf } from '../../client/content.ts';
import type { ClientState } from '../../client/client-state.ts';
import type { WallClock, Timers } from '../../client/ports.ts';
import { formatServerAddress, type ServerAddress } from '../../client/connection/server-address.ts';
import { farewell, withUnsent, type Outcome } from '../../client/wording/farewell.ts';
import { historyWork, isAboutHistory } from '../../client/wording/history-words.ts';
import { formatStatus } from '../../client/wording/file-progress.ts';
import { ExitWait } from '../exit-wait.ts';
import { formatPlace } from '../../wire/extended/names.ts';
import { newcomerWords, type FirstLoginFacts } from '../first-login-words.ts';
import { timelineOf } from '../../client/timeline/timeline-actions.ts';
import type { TimelineClient } from '../../client/timeline/timeline-client.ts';
import type { Config } from './settings/config.ts';
import { Screen, type ScreenPorts } from './screen.ts';
import type { TerminalOwner } from './terminal-owner.ts';
import type { SchemeName } from './draw/theme.ts';

export interface ScreenClientSettings {
  readonly address: ServerAddress;
  readonly username: string;
  readonly terminal: TerminalOwner;
  readonly scheme: SchemeName;
  readonly config: Config;
  readonly ports: Omit<ScreenPorts, 'now'>;
  readonly now: WallClock;
  readonly timers: Timers;
  readonly drafts: DraftStore | undefined;
  /** For a first login: what to tell the person about it. */
  readonly newcomer: FirstLoginFacts | undefined;
  readonly connect: (sink: ClientEventSink, ask: AskInvite) => ChatClient;
}

type AskInvite = NonNullable<ClientPorts['askInvite']>;

export class ScreenClient {
  readonly #settings: ScreenClientSettings;
  readonly #client: ChatClient;
  readonly #model: TimelineClient;
  readonly #screen: Screen;
  readonly #outcome: Promise<Outcome>;
  #end: (outcome: Outcome) => void = () => {};
  #newcomer: FirstLoginFacts | undefined;
  readonly #exitKeys: ExitWait;
  /** How far a history is that comes or goes. */
  #history: string | undefined;
  /** How it ended, while the person still looks at it. */
  #over: Outcome | undefined;

  constructor(settings: ScreenClientSettings) {
    const { address, username, terminal, scheme, config, ports, now, timers } = settings;
    this.#settings = settings;
    this.#newcomer = settings.newcomer;
    this.#outcome = new Promise((resolve) => (this.#end = resolve));
    this.#exitKeys = new ExitWait({
      client: () => this.#client,
      transfers: () => this.#model.transfers,
      waitsFor: (what) => this.#waitsFor(what),
    });
    this.#client = settings.connect(
      (event) => this.#receive(event),
      (why, orGuest) => this.#screen.askInvite(why, orGuest),
    );
    this.#model = timelineOf(
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
      attended: () => this.#client.hurry(),
      terminal,
      scheme,
      config,
      ports: { ...ports, now },
      timers,
      drafts: settings.drafts,
      devicesDrafts: {
        texts: () => this.#client.sharedDrafts,
        tell: (id, text) => this.#client.drafted(id, text),
      },
      leave: (how) => (how === 'settled' ? this.leave() : this.interrupt()),
    });
  }

  /** How the chat ended. Resolves then. */
  get outcome(): Promise<Outcome> {
    return this.#outcome;
  }

  /** Leaves when everything sent has arrived, or after a time limit. The second time, at once. */
  leave(): void {
    if (this.#over !== undefined) this.#finish(this.#over);
    else this.#exitKeys.begin();
  }

  /** Leaves at once. */
  interrupt(): void {
    this.#finish(this.#over ?? { kind: 'interrupted' });
    this.#client.abort();
  }

  #waitsFor(what: 'files' | 'texts'): void {
    const words =
      what === 'files'
        ? 'waiting for files on the way; /quit again leaves at once, they go on another time'
        : 'waiting until your last messages have arrived; /quit again leaves at once';
    this.#screen.print('notice', words);
  }

  #receive(event: ClientEvent): void {
    if (isAboutHistory(event)) {
      this.#history = historyWork(event);
      this.#showWork();
      // Each step is drawn in the place of the one before, and is no row.
      if (this.#history !== undefined) return;
    }
    this.#model.receive(event);
    if (event.type === 'draft') this.#screen.draftCame(event.place, event.text);
    if (event.type === 'file') {
      this.#showWork();
      this.#exitKeys.fileMoved();
    }
    if (event.type === 'state' && event.state.phase === 'open') this.#welcome(event.state);
    if (event.type === 'state' && event.state.phase === 'closed') {
      this.#exitKeys.fileMoved();
      const { reason } = event.state;
      const outcome = farewell(reason, this.#settings.address);
      if (reason.code === 'store-failed') this.#diskFailed(outcome, reason.failure.detail);
      else this.#finish(withUnsent(outcome, this.#client.unsent));
    }
  }

  #showWork(): void {
    this.#screen.work = formatStatus(this.#model.transfers) ?? this.#history;
  }

  #welcome({ username, as }: Extract<ClientState, { readonly phase: 'open' }>): void {
    const newcomer = this.#newcomer;
    this.#newcomer = undefined;
    if (newcomer === undefined) return;
    for (const words of newcomerWords(newcomer, username, as)) this.#screen.print('notice', words);
  }

  /** Nothing more can be stored or sent. The screen stays, with unsaved text in the input again. */
  #diskFailed(outcome: Outcome, detail: string): void {
    this.#over = outcome;
    for (const { place, content } of this.#client.unkept) {
      this.#screen.giveBack(formatPlace(place), textOf(content));
    }
    this.#screen.print('warning', `NOTHING IS KEPT OR SENT ANY MORE: ${detail}`);
    this.#screen.print(
      'warning',
      'what could not be kept stands in the text again. Leave, make room, and start again',
    );
  }

  #finish(outcome: Outcome): void {
    const lost = this.#screen.close();
    const hint = `What you had typed could not be kept, ${lost.join('\n')}`;
    this.#end(lost.length > 0 && outcome.kind === 'lost' ? { ...outcome, hint } : outcome);
  }
}
