// Files on their way, until each has arrived, is kept by the server, or failed: which of them are wanted, when all are
// over, and what the exit code is. Who sends them, this program or the one that has the account open, is behind a port.
import { basename } from 'node:path';
import { peerAt } from '../../client/files/file-peer.ts';
import { isOver, type Transfer, type TransferEvent } from '../../client/files/transfer.ts';
import { formatStatus, shownName } from '../../client/wording/file-progress.ts';
import { noMarks } from '../../client/wording/place-marks.ts';
import { present } from '../../client/wording/present.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { nodeTimers } from '../../platform/node/runtime.ts';
import { formatPlace, type Place } from '../../wire/extended/names.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { quoted, systemFailure, usageFailure, type Failure } from '../failure.ts';
import type { FileBatch } from './options.ts';
import type { SendScreen } from './screen.ts';

type End = Result<ExitCode, Failure>;
/** `again`: the program that sent them has ended; what is left is sent by the next one. */
export type SendingEnd = End | 'again';

/** Or why it is not offered. */
export type OfferAnswer = Result<Transfer, { readonly code: string; readonly hint: string }>;

/** Who sends them. */
export interface SendingBy {
  /** Undefined before and after the login. */
  files(): SendingFiles | undefined;
  /** Leaves. `closed` is called then. */
  quit(): void;
  /** What becomes of files that are not done, for people. */
  readonly later: string;
}

export interface SendingFiles {
  readonly list: readonly Transfer[];
  send(to: Place, path: string): Promise<OfferAnswer>;
  cancel(number: number): unknown;
}

export interface SendingOptions {
  readonly parcel: FileBatch;
  /** For how long altogether, and until when, in milliseconds. 0 and undefined: until the end. */
  readonly wait: number;
  readonly until: number | undefined;
  readonly screen: SendScreen;
  readonly done: (end: SendingEnd) => void;
}

/** Nothing has moved, and nothing will before they come. */
function isAway({ state, doneBytes }: Transfer): boolean {
  return doneBytes === 0 && state.phase === 'paused' && state.why === 'away';
}

export class Sending {
  readonly #options: SendingOptions;
  #by: SendingBy | undefined;
  #stop: () => void = () => {};
  /** The end, once it is known. Reported when the connection is closed. */
  #end: SendingEnd | undefined;
  /** The latest state of the files to send. */
  readonly #wanted = new Map<number, Transfer>();
  /** Those that had ended before their files were offered. */
  readonly #counted = new Set<number>();
  /** Offers that were taken back. */
  readonly #unwanted = new Set<number>();
  #isAllOffered = false;

  constructor(options: SendingOptions) {
    this.#options = options;
  }

  begin(by: SendingBy): void {
    this.#by = by;
    const { wait, until } = this.#options;
    const onInterrupt = () => this.#leave(ok(exitCodes.interrupted));
    const cancelWait =
      until === undefined
        ? () => {}
        : nodeTimers.after(Math.max(0, until - Date.now()), () => {
            const message = `not everything arrived in ${wait / 1000} s`;
            this.#leave(err(systemFailure(message, by.later)));
          });
    process.once('SIGINT', onInterrupt);
    this.#stop = () => {
      cancelWait();
      process.off('SIGINT', onInterrupt);
    };
  }

  receive(event: TransferEvent): void {
    const { screen } = this.#options;
    if (event.type === 'transfer' && !this.#isOurs(event.transfer)) return;
    for (const line of present({ type: 'file', event }, () => undefined, noMarks))
      screen.print(line);
    screen.status(formatStatus([...this.#wanted.values()]));
    if (event.type === 'transfer') this.#moved(event.transfer);
  }

  /** Files can be sent from now on. */
  async opened(): Promise<void> {
    const { to, paths } = this.#options.parcel;
    for (const path of paths) {
      if (this.#hasEnded(path)) continue;
      const offered = await this.#by?.files()?.send(to, path);
      if (offered?.ok && this.#hasEnded(path)) await this.#takeBack(offered.value.number);
      else if (offered?.ok) this.#wanted.set(offered.value.number, offered.value);
      // A resumed transfer is already in progress.
      else if (offered !== undefined && offered.error.code !== 'already-sending') {
        this.#leave(err(usageFailure(`${quoted(path)} was not sent`, offered.error.hint)));
        return;
      }
    }
    for (const transfer of this.#by?.files()?.list ?? []) {
      if (this.#isOurs(transfer)) this.#wanted.set(transfer.number, transfer);
    }
    this.#isAllOffered = true;
    this.#look();
  }

  /** The connection has ended. */
  closed(otherwise: SendingEnd): void {
    this.#stop();
    this.#options.screen.status(undefined);
    this.#options.done(this.#end ?? otherwise);
  }

  /** Whether it is one of these files. Another program may have others sent at the same time. */
  #isOurs({ direction, peer, name, number }: Transfer): boolean {
    const { to, paths } = this.#options.parcel;
    if (direction !== 'outgoing' || peer !== peerAt(to) || this.#unwanted.has(number)) return false;
    return paths.some((path) => basename(path) === name);
  }

  /**
   * Whether the transfer of an earlier run, which goes on with the login, has ended since: that was this very file, and it
   * is not offered a second time.
   */
  #hasEnded(path: string): boolean {
    const ended = [...this.#wanted.values()].find(
      ({ number, name, state }) =>
        !this.#counted.has(number) && name === basename(path) && isOver(state),
    );
    if (ended !== undefined) this.#counted.add(ended.number);
    return ended !== undefined;
  }

  async #takeBack(number: number): Promise<void> {
    this.#unwanted.add(number);
    this.#wanted.delete(number);
    await this.#by?.files()?.cancel(number);
  }

  #moved(transfer: Transfer): void {
    this.#wanted.set(transfer.number, transfer);
    if (transfer.state.phase === 'held') {
      const advice = `Decide about it in a chat: helo chat, then /verify @${transfer.peer}.`;
      const message = `the key of ${transfer.peer} has changed, and nothing is sent to it`;
      this.#leave(err({ exitCode: exitCodes.untrusted, message, hint: advice }));
    } else if (isAway(transfer)) {
      const message = `not delivered to ${transfer.peer}, who is not here: ${shownName(transfer.name)}`;
      this.#leave(err(systemFailure(message, this.#by?.later)));
    } else this.#look();
  }

  /** Leaves when nothing is left to wait for. */
  #look(): void {
    if (!this.#isAllOffered) return;
    const all = [...this.#wanted.values()];
    if (!all.every(({ state }) => isOver(state))) return;
    const isDone = ({ state }: Transfer) => state.phase === 'delivered' || state.phase === 'kept';
    const failed = all.filter((transfer) => !isDone(transfer));
    const names = failed.map(({ name }) => shownName(name)).join(', ');
    const to = placeWords(this.#options.parcel.to);
    this.#leave(
      failed.length === 0
        ? ok(exitCodes.ok)
        : err(systemFailure(`not delivered to ${to}: ${names}`)),
    );
  }

  #leave(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#options.screen.status(undefined);
    this.#by?.quit();
  }
}

function placeWords(to: Place): string {
  if (to.kind === 'direct') return to.user;
  return to.kind === 'lobby' ? 'the lobby' : formatPlace(to);
}
