// Texts that the program sends which has the account open. Where it ends first, what it has not taken is put back for
// the next one.
import { withUnsent, type Outcome } from '../../client/wording/farewell.ts';
import { excerpt, whereTo } from '../../client/wording/present-own.ts';
import { ok } from '../../lib/result.ts';
import type { OpenedCall } from '../../platform/node/control-socket.ts';
import type { LineSource } from '../../terminal/line/line-source.ts';
import type { Place } from '../../wire/extended/names.ts';

/** The most unsent texts that are listed at the end. */
const maxNamed = 20;

export interface TextsToSend {
  readonly to: Place;
  readonly lines: LineSource;
  /** A warning for the person. */
  readonly warn: (words: string) => void;
}

export class TextsThrough {
  readonly #call: OpenedCall;
  readonly #texts: TextsToSend;
  readonly #isWholeBefore: boolean;
  /** Whether an earlier program had taken texts that the server may not have yet. */
  readonly #hasEarlier: boolean;
  #isWhole = true;
  #isInterrupted = false;
  /** `again`: that program has ended; what is left goes by the next one. */
  readonly outcome: Promise<Outcome | 'again'>;

  constructor(call: OpenedCall, texts: TextsToSend, earlier: TextsThrough | undefined) {
    this.#call = call;
    this.#texts = texts;
    this.#isWholeBefore = earlier?.isWhole !== false;
    this.#hasEarlier = earlier !== undefined;
    this.outcome = this.#run();
  }

  /** Whether nothing was refused. */
  get isWhole(): boolean {
    return this.#isWholeBefore && this.#isWhole;
  }

  /** Leaves at once. What was taken is sent all the same. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#call.leave();
  }

  async #run(): Promise<Outcome | 'again'> {
    const { caller, leave } = this.#call;
    await this.#giveAll();
    const unsent = await caller.settled();
    this.#isWhole &&= !caller.hasRefused;
    if (this.#isInterrupted) return { kind: 'interrupted' };
    if (unsent === undefined) {
      this.#putBack();
      return 'again';
    }
    leave();
    const open = caller.open;
    for (const { to, text } of open.slice(0, maxNamed)) {
      this.#texts.warn(`not sent yet${whereTo(to)}: "${excerpt(text)}"`);
    }
    const left: Outcome = this.isWhole ? { kind: 'left' } : { kind: 'undelivered' };
    return withUnsent(left, this.#hasEarlier ? unsent : open.length);
  }

  async #giveAll(): Promise<void> {
    const { caller } = this.#call;
    const { to, lines, warn } = this.#texts;
    for (;;) {
      await caller.ready();
      const isThere = await Promise.race([lines.ready(), caller.end()]);
      if (caller.hasEnded || isThere !== true) return;
      const line = lines.take();
      if (line?.ok === false) {
        warn(`nothing was sent. ${line.error}`);
        this.#isWhole = false;
      } else if (line !== undefined && line.value !== '') {
        caller.text(to, line.value);
      }
    }
  }

  #putBack(): void {
    const { lines, warn } = this.#texts;
    for (const { to, text, state } of this.#call.caller.open) {
      if (state !== 'unknown') continue;
      this.#isWhole = false;
      warn(
        `the program that has the account open has ended, and may not have sent${whereTo(to)}: "${excerpt(text)}"`,
      );
    }
    const again = this.#call.caller.open
      .filter(({ state }) => state === 'again')
      .map(({ text }) => ok(text));
    // The empty line is nothing to send: it has the next program wait for the login, and so for what was taken here.
    lines.putBack([...again, ok('')]);
  }
}
