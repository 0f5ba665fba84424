// The side of the control socket that asks the program that has the account open. Owns which of its requests are not
// answered yet, and so what must be asked anew where that program ends. Knows no socket.

import { err, ok, type Result } from '../../lib/result.ts';
import { formatPlace, type Place } from '../../wire/extended/names.ts';
import type { Transfer } from '../files/transfer.ts';
import { formatControlRequest, parseControlAnswer, type ControlAnswer } from './control-lines.ts';
import { maxUntaken } from './limits.ts';

type AnswerTo<Say extends ControlAnswer['say']> = Extract<ControlAnswer, { say: Say }>;

/** What that program has said of itself. */
export type ControlGreeting = AnswerTo<'hello'>;

/** What became of a text so far. */
export interface GivenText {
  readonly to: Place;
  readonly text: string;
  /**
   * `sent`: that program has answered nothing yet. `taken`: it is on the disk. `again`: that program has left, and has
   * done nothing about it. `unknown`: that program was killed before it answered.
   */
  state: 'sent' | 'taken' | 'stored' | 'refused' | 'again' | 'unknown';
}

/** What became of a text. `again` and `unknown`: of `GivenText`; `waiting`: it was taken, and that program has ended. */
export type TextFate =
  | { readonly is: 'stored'; readonly seq?: number; readonly at?: number }
  | { readonly is: 'refused'; readonly code: string; readonly words: string }
  | { readonly is: 'waiting' }
  | { readonly is: 'again' }
  | { readonly is: 'unknown' };

/** A file at one moment, or why it does not go. */
export type FileNews =
  | { readonly is: 'moved'; readonly change: 'state' | 'progress'; readonly transfer: Transfer }
  | { readonly is: 'refused'; readonly code: string; readonly hint: string }
  | { readonly is: 'again' };

export interface ControlCallerPorts {
  readonly write: (line: string) => void;
  /** A warning for the person. */
  readonly warn: (words: string) => void;
}

export class ControlCaller {
  readonly #ports: ControlCallerPorts;
  #last = 0;
  #greeting: ControlGreeting | undefined;
  #hasEnded = false;
  #hasRefused = false;
  /** What texts are that were not answered by the end. */
  #unanswered: 'again' | 'unknown' = 'unknown';
  readonly #texts = new Map<number, GivenText>();
  /** Who wants to hear what becomes of a text. */
  readonly #fates = new Map<number, (fate: TextFate) => void>();
  readonly #files = new Map<number, (news: FileNews) => void>();
  readonly #linking = new Map<number, (done: Result<undefined, string> | undefined) => void>();
  readonly #settling = new Map<number, (unsent: number | undefined) => void>();
  #changed: (() => void)[] = [];

  constructor(ports: ControlCallerPorts) {
    this.#ports = ports;
  }

  /** Whether nothing more comes from there. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether a text was refused. */
  get hasRefused(): boolean {
    return this.#hasRefused;
  }

  /** Resolves when nothing more comes from there. */
  async end(): Promise<void> {
    while (!this.#hasEnded) await this.#change();
  }

  /** The texts whose outcome is open, in their order. */
  get open(): readonly GivenText[] {
    return [...this.#texts.values()];
  }

  /** The first line. Undefined where the program has ended before it, or is of another version. */
  async greeted(): Promise<ControlGreeting | undefined> {
    while (this.#greeting === undefined && !this.#hasEnded) await this.#change();
    return this.#greeting;
  }

  /** Resolves when that program has room for another text, or has ended. */
  async ready(): Promise<void> {
    const untaken = () => this.open.filter(({ state }) => state === 'sent').length;
    while (!this.#hasEnded && untaken() >= maxUntaken) await this.#change();
  }

  /** `hear` is called once, with what becomes of it, unless the call is left first. */
  text(to: Place, text: string, hear?: (fate: TextFate) => void): void {
    const n = ++this.#last;
    const given: GivenText = { to, text, state: 'sent' };
    this.#texts.set(n, given);
    if (hear !== undefined) this.#fates.set(n, hear);
    this.#ports.write(formatControlRequest({ ask: 'text', n, to: formatPlace(to), text }));
  }

  /** Sends the file at `path`. `hear` gets all its news. Returns a function that takes it back. */
  file(to: Place, path: string, hear: (news: FileNews) => void): () => void {
    const n = ++this.#last;
    this.#files.set(n, hear);
    this.#ports.write(formatControlRequest({ ask: 'file', n, to: formatPlace(to), path }));
    return () => this.#ports.write(formatControlRequest({ ask: 'cancel', n }));
  }

  /** Has it do what `/link` does with `typed`. Why not, or undefined where it ended first. */
  link(typed: string): Promise<Result<undefined, string> | undefined> {
    const n = ++this.#last;
    if (this.#hasEnded) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#linking.set(n, resolve);
      this.#ports.write(formatControlRequest({ ask: 'link', n, typed }));
    });
  }

  /** Resolves when nothing moves there any more, with how much the server does not have; undefined where it ended first. */
  settled(): Promise<number | undefined> {
    const n = ++this.#last;
    if (this.#hasEnded) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#settling.set(n, resolve);
      this.#ports.write(formatControlRequest({ ask: 'settle', n }));
    });
  }

  /** A line from there. Returns whether it is one. */
  receive(line: string): boolean {
    const answer = parseControlAnswer(line);
    if (answer === undefined || (this.#greeting === undefined) !== (answer.say === 'hello')) {
      return false;
    }
    this.#take(answer);
    this.#wake();
    return true;
  }

  /** The connection has ended. */
  ended(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const text of this.open) if (text.state === 'sent') text.state = this.#unanswered;
    for (const [n, { state }] of this.#texts) {
      this.#tell(n, { is: state === 'taken' ? 'waiting' : (state as 'again' | 'unknown') });
    }
    for (const resolve of this.#settling.values()) resolve(undefined);
    for (const resolve of this.#linking.values()) resolve(undefined);
    for (const hear of this.#files.values()) hear({ is: 'again' });
    this.#files.clear();
    this.#wake();
  }

  #take(answer: ControlAnswer): void {
    switch (answer.say) {
      case 'hello':
        this.#greeting = answer;
        return;
      case 'told':
        this.#ports.warn(answer.words);
        return;
      case 'file':
        this.#files.get(answer.n)?.({
          is: 'moved',
          change: answer.change,
          transfer: transferOf(answer.transfer),
        });
        return;
      case 'settled':
        this.#settling.get(answer.n)?.(answer.unsent);
        this.#settling.delete(answer.n);
        return;
      case 'linked':
        this.#linking.get(answer.n)?.(ok(undefined));
        this.#linking.delete(answer.n);
        return;
      case 'refused':
        if (this.#linking.has(answer.n)) {
          this.#linking.get(answer.n)?.(err(answer.words));
          this.#linking.delete(answer.n);
          return;
        }
        if (this.#files.has(answer.n)) {
          this.#files.get(answer.n)?.({ is: 'refused', code: answer.code, hint: answer.words });
          this.#files.delete(answer.n);
          return;
        }
        if (answer.words !== '') this.#ports.warn(answer.words);
        this.#hasRefused = true;
        this.#became(answer.n, 'refused');
        this.#tell(answer.n, { is: 'refused', code: answer.code, words: answer.words });
        return;
      case 'bye':
        this.#unanswered = 'again';
        this.ended();
        return;
      case 'taken':
        this.#became(answer.n, 'taken');
        return;
      case 'stored': {
        const { say: is, n, ...filed } = answer;
        this.#became(n, is);
        this.#tell(n, { is, ...filed });
      }
    }
  }

  #became(n: number, state: GivenText['state']): void {
    const text = this.#texts.get(n);
    if (text === undefined) return;
    text.state = state;
    if (state === 'stored' || state === 'refused') this.#texts.delete(n);
  }

  #tell(n: number, fate: TextFate): void {
    this.#fates.get(n)?.(fate);
    this.#fates.delete(n);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#changed.push(resolve));
  }

  #wake(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const resolve of waiting) resolve();
  }
}

function transferOf({ bytesPerSecond, state, ...rest }: AnswerTo<'file'>['transfer']): Transfer {
  // Another person is asked, so nothing here says why.
  const shown = state.phase === 'asking' ? { phase: state.phase, why: undefined } : state;
  return { ...rest, bytesPerSecond, state: shown };
}
