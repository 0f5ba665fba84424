// Texts of which the caller hears what became of each: stored under which number, refused by which code, or kept to be sent
// later. They go by the account, here or in the program that has it open, one after the other; where that program ends
// first, what it has not taken goes by the next one.
import { ChatClient } from '../../client/chat-client.ts';
import type { ChatError } from '../../client/chat/chat-error.ts';
import { SendPromises } from '../../client/chat/send-promises.ts';
import type { TextFate } from '../../client/control/control-caller.ts';
import { sayAt } from '../../client/control/control-handler.ts';
import type { ClientState, CloseReason } from '../../client/client-state.ts';
import type { ServerAddress } from '../../client/connection/server-address.ts';
import { farewell, type Outcome } from '../../client/wording/farewell.ts';
import type { Login } from '../../platform/node/client-ports.ts';
import { underControl, type OpenedCall } from '../../platform/node/control-socket.ts';
import { formatPlace, type Place } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { guestLogin, reachAccount } from './reach.ts';
import { withoutFiles } from './without-files.ts';

export interface NumberedText {
  /** From 1 on, in the order in which they were given. */
  readonly n: number;
  readonly text: string;
  /** It is not sent at all. */
  readonly fate?: FinalFate;
}

/** What became of a text for good, or until the next program of the account. */
export type FinalFate = Exclude<TextFate, { readonly is: 'again' }>;

export interface ToldTextsWish {
  readonly username: Username;
  readonly to: Place;
  readonly address: ServerAddress;
  readonly data: string;
  readonly downloads: string;
  readonly guest: boolean;
  /** The next text; undefined at the end. */
  readonly next: () => Promise<NumberedText | undefined>;
  readonly told: (n: number, fate: FinalFate) => void;
  readonly warn: (words: string) => void;
}

/** How long leaving waits for texts that do not move. */
const settleMs = 6_000;

export class ToldTexts {
  readonly #wish: ToldTextsWish;
  /** What the last program has left to the next one. */
  #again: NumberedText[] = [];
  #asked: Promise<NumberedText | undefined> | undefined;
  #isWhole = true;
  #interrupt: () => void = () => {};
  #isInterrupted = false;
  readonly outcome: Promise<Outcome>;

  constructor(wish: ToldTextsWish) {
    this.#wish = wish;
    this.outcome = this.#run();
  }

  /** Leaves at once. What was taken is sent all the same. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#interrupt();
  }

  async #run(): Promise<Outcome> {
    const { username, guest, warn, address, data, downloads } = this.#wish;
    const place = { address, data, downloads, acceptUpTo: 0 };
    for (;;) {
      const reached = guest
        ? ({ kind: 'own', login: await guestLogin(username, place) } as const)
        : await reachAccount(username, place, { needsFiles: false, warn });
      if (this.#isInterrupted) return { kind: 'interrupted' };
      if (reached.kind !== 'through') return this.#sayHere(reached.login);
      const isDone = await this.#sayThrough(reached.call);
      if (this.#isInterrupted) return { kind: 'interrupted' };
      if (isDone) return this.#left();
    }
  }

  #left(): Outcome {
    return this.#isWhole ? { kind: 'left' } : { kind: 'undelivered' };
  }

  /** The next text, which stays the next one until it is taken. */
  #next(): Promise<NumberedText | undefined> {
    const [again] = this.#again;
    return again === undefined ? (this.#asked ??= this.#wish.next()) : Promise.resolve(again);
  }

  #taken(): void {
    if (this.#again.shift() === undefined) this.#asked = undefined;
  }

  #told(n: number, fate: FinalFate): void {
    this.#isWhole &&= fate.is === 'stored';
    this.#wish.told(n, fate);
  }

  /** Whether all is said: otherwise that program has ended first. */
  async #sayThrough({ caller, leave }: OpenedCall): Promise<boolean> {
    this.#interrupt = leave;
    const left: NumberedText[] = [];
    const open = new Map<number, Promise<void>>();
    for (;;) {
      await caller.ready();
      const said = await Promise.race([this.#next(), caller.end()]);
      if (caller.hasEnded || said === undefined) break;
      this.#taken();
      const { n, text, fate: known } = said;
      if (known !== undefined) {
        this.#told(n, known);
        continue;
      }
      open.set(
        n,
        new Promise((resolve) => {
          caller.text(this.#wish.to, text, (fate) => {
            open.delete(n);
            if (fate.is === 'again') left.push({ n, text });
            else this.#told(n, fate);
            resolve();
          });
        }),
      );
    }
    await caller.settled();
    const isDone = !caller.hasEnded;
    // What that program could not send within a while stays with it.
    if (isDone) for (const n of open.keys()) this.#told(n, { is: 'waiting' });
    leave();
    this.#again = [...left, ...this.#again].sort((one, other) => one.n - other.n);
    return isDone;
  }

  async #sayHere({ account, ports, control, busy }: Login): Promise<Outcome> {
    const { username, to, address } = this.#wish;
    const promises = new SendPromises();
    let moved: () => void = () => {};
    const now: { state: ClientState } = { state: { phase: 'connecting' } };
    const client = underControl(
      busy ? undefined : control,
      { files: false, stays: false },
      (event) => {
        if (event.type === 'own') promises.receive(event.message);
        if (event.type === 'private') promises.heardPrivate(event.event);
        if (event.type !== 'state') return;
        now.state = event.state;
        if (now.state.phase === 'closed') promises.ended();
        moved();
      },
      (told) => new ChatClient({ address, username, account }, withoutFiles(ports), told),
    );
    this.#interrupt = () => client.abort();
    const reached = async (...phases: readonly ClientState['phase'][]): Promise<void> => {
      while (!phases.includes(now.state.phase))
        await new Promise<void>((resolve) => (moved = () => resolve()));
    };
    await reached('open', 'closed');
    const closed = reached('closed');
    const isAccount = client.as === 'account';
    const fates: Promise<void>[] = [];
    while (hasConnection(now.state)) {
      await client.ready();
      const said = await Promise.race([this.#next(), closed]);
      if (said === undefined) break;
      this.#taken();
      const { n, text, fate: known } = said;
      if (known !== undefined) {
        this.#told(n, known);
        continue;
      }
      const done = await sayAt(client, to, text);
      if (!done.ok) {
        this.#told(n, { is: 'refused', code: done.error.code, words: done.error.hint });
        continue;
      }
      const { stored } = promises.make(done.value, formatPlace(to), text);
      fates.push(
        stored.then(
          ({ seq, at }) =>
            this.#told(n, {
              is: 'stored',
              ...(seq !== undefined && { seq }),
              ...(at !== undefined && { at }),
            }),
          ({ code, message: words }: ChatError) =>
            // An account's text is on the disk, and goes with the next login.
            this.#told(
              n,
              code === 'not-open' && isAccount ? { is: 'waiting' } : { is: 'refused', code, words },
            ),
        ),
      );
    }
    if (now.state.phase !== 'closed') {
      await client.settled(settleMs);
      await client.quit();
      await closed;
    }
    await Promise.all(fates);
    if (this.#isInterrupted) return { kind: 'interrupted' };
    const ended = farewell(reasonOf(now.state), address);
    return ended.kind === 'left' ? this.#left() : ended;
  }
}

/** Nothing is said without the first one; between two, an account's texts are kept. */
function hasConnection({ phase }: ClientState): boolean {
  return phase !== 'closed' && phase !== 'closing';
}

function reasonOf(state: ClientState): CloseReason {
  return state.phase === 'closed' ? state.reason : { code: 'quit' };
}
