// Sends files and leaves: logs in, offers them, and stays until each has arrived, is kept by the server, or failed. Interrupted ones are
// remembered, so that the same command resumes them. Accepts no files of others.
import { basename } from 'node:path';
import { ChatClient } from '../../client/chat-client.ts';
import type { ClientEvent } from '../../client/client-event.ts';
import { refuseFile } from '../../client/command-refusal.ts';
import type { ClientState, CloseReason } from '../../client/client-state.ts';
import type { TransferStore } from '../../client/files/ports.ts';
import { isOver, type Transfer } from '../../client/files/transfer.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { nodeTimers } from '../../platform/node/runtime.ts';
import { farewell } from '../../client/wording/farewell.ts';
import { waitsForDisk } from '../../client/wording/connection-words.ts';
import { formatStatus, shownName } from '../../client/wording/file-progress.ts';
import { noMarks } from '../../client/wording/place-marks.ts';
import { present } from '../../client/wording/present.ts';
import { warning } from '../../client/wording/printed-line.ts';
import type { Username } from '../../wire/text.ts';
import { accountPorts, clientPorts } from '../../platform/node/client-ports.ts';
import { defaultDownloads } from '../downloads.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { quoted, systemFailure, usageFailure, type Failure } from '../failure.ts';
import { exitOf } from '../outcome.ts';
import { formatPlace } from '../../wire/extended/names.ts';
import type { FileBatch, FilePlace, SendOptions } from './options.ts';
import type { SendScreen } from './screen.ts';

type End = Result<ExitCode, Failure>;

/** Sends the files of `batch` as `username`. Rejects with a PrivateFileError if the data directory cannot be used. */
export async function send(
  username: Username,
  parcel: FileBatch,
  options: SendOptions,
  screen: SendScreen,
): Promise<End> {
  const { server: address, data } = options;
  const place = { address, data, downloads: defaultDownloads(), acceptUpTo: 0 };
  const { account, ports, busy } = options.guest
    ? { account: undefined, ports: await clientPorts(username, place), busy: false }
    : await accountPorts(username, place, undefined);
  if (busy) {
    // Files are described in an account's private conversations, which only one of its connections has.
    const advice = `Type /send_file ${formatPlace(parcel.to)} there, or send as somebody else with --name, or with another --data that helo link has made a device of this account.`;
    const message = `another program has the account ${username} open, and its files go from there`;
    return err(systemFailure(message, advice));
  }
  const { files } = ports;
  if (files === undefined) return err(systemFailure('files cannot be sent from here'));
  // Before anything is sent, so that a mistyped path is found at once and not half-way.
  for (const path of parcel.paths) {
    const found = await files.carrier.inspect(path);
    if (!found.ok && found.error.code === 'missing') {
      return err(usageFailure(`No such file! ${quoted(path)}`));
    }
    if (!found.ok) {
      const { hint } = refuseFile(found.error).error;
      return err(usageFailure(`${quoted(path)} is not a file that can be read`, hint));
    }
  }
  const store = onlyOutgoing(files.store, parcel);
  return new Promise((resolve) => {
    const sending = new Sending(parcel, options, screen, resolve);
    sending.begin(
      (sink) =>
        new ChatClient(
          { address, username, account },
          { ...ports, files: { ...files, store } },
          sink,
        ),
    );
  });
}

/** Only these files to this place. Everything else belongs to the chat that uses this name. */
function onlyOutgoing(store: TransferStore, { to, paths }: FileBatch): TransferStore {
  return {
    load: async () =>
      (await store.load()).filter(
        (record) =>
          record.kind === 'outgoing' &&
          record.peer === peerOf(to) &&
          paths.includes(record.source.path),
      ),
    put: (record) => store.put(record),
    remove: (record) => store.remove(record),
  };
}

/** The name of the other side, as transfers have it. */
function peerOf(to: FilePlace): string {
  return to.kind === 'direct' ? to.user : formatPlace(to);
}

/** Nothing has moved, and nothing will before they come. */
function isAway({ state, doneBytes }: Transfer): boolean {
  return doneBytes === 0 && state.phase === 'paused' && state.why === 'away';
}

class Sending {
  readonly #parcel: FileBatch;
  readonly #options: SendOptions;
  readonly #screen: SendScreen;
  readonly #done: (end: End) => void;
  #client: ChatClient | undefined;
  #cancelWait: () => void = () => {};
  /** The end, once it is known. Reported when the connection is closed. */
  #end: End | undefined;
  /** The latest state of the files to send. */
  readonly #wanted = new Map<number, Transfer>();
  /** Those that had ended before their files were offered. */
  readonly #counted = new Set<number>();
  /** Offers that were taken back. */
  readonly #unwanted = new Set<number>();
  #isAllOffered = false;

  constructor(
    parcel: FileBatch,
    options: SendOptions,
    screen: SendScreen,
    done: (end: End) => void,
  ) {
    this.#parcel = parcel;
    this.#options = options;
    this.#screen = screen;
    this.#done = done;
  }

  begin(connect: (sink: (event: ClientEvent) => void) => ChatClient): void {
    this.#client = connect((event) => this.#receive(event));
    const { wait } = this.#options;
    if (wait > 0) {
      this.#cancelWait = nodeTimers.after(wait, () => {
        const advice = 'The same command goes on where it stopped.';
        this.#leave(err(systemFailure(`not everything arrived in ${wait / 1000} s`, advice)));
      });
    }
    process.once('SIGINT', () => this.#leave(ok(exitCodes.interrupted)));
  }

  #receive(event: ClientEvent): void {
    switch (event.type) {
      case 'state':
        this.#stateChanged(event.state);
        return;
      case 'file':
        if (event.event.type === 'transfer' && event.event.transfer.direction === 'incoming')
          return;
        this.#show(event);
        this.#screen.status(formatStatus([...this.#wanted.values()]));
        if (event.event.type === 'transfer') this.#moved(event.event.transfer);
        return;
      case 'private':
      case 'server-remembered':
      case 'guest':
      case 'restored':
      case 'backup':
      case 'twin':
      case 'own-devices':
      case 'directory':
        this.#show(event);
        return;
      // Nobody reads messages here.
      case 'message':
      case 'broadcast-sent':
      case 'users':
      case 'success':
      case 'refused':
      case 'group-notice':
      case 'goodbye':
      case 'own':
      case 'delivered':
      case 'caught-up':
      case 'conversations':
      case 'log-restarted':
      case 'mark-removed':
      case 'history-taken':
      case 'muted':
      case 'draft':
      case 'read-elsewhere':
      case 'key-decided-elsewhere':
      case 'history-asked':
      case 'history-moved':
      case 'damaged':
      case 'history-failed':
      case 'withheld':
      case 'presence':
      case 'members':
      case 'member':
      case 'private-elsewhere':
    }
  }

  #show(event: ClientEvent): void {
    for (const line of present(event, () => undefined, noMarks)) this.#screen.print(line);
  }

  #stateChanged(state: ClientState): void {
    if (state.phase === 'login' && state.waitsFor === 'disk') {
      this.#screen.print(warning(waitsForDisk));
    }
    if (state.phase === 'open') void this.#offerAll();
    if (state.phase === 'closed') this.#closed(state.reason);
  }

  #closed(reason: CloseReason): void {
    this.#cancelWait();
    this.#screen.status(undefined);
    this.#done(this.#end ?? exitOf(farewell(reason, this.#options.server)));
  }

  async #offerAll(): Promise<void> {
    const { to, paths } = this.#parcel;
    for (const path of paths) {
      if (this.#hasEnded(path)) continue;
      const offered = await (to.kind === 'direct'
        ? this.#client?.files?.send(to.user, path)
        : this.#client?.files?.sendToGroup(to.group, path));
      if (offered?.ok && this.#hasEnded(path)) await this.#takeBack(offered.value.number);
      else if (offered?.ok) this.#wanted.set(offered.value.number, offered.value);
      // A resumed transfer is already in progress.
      else if (offered !== undefined && offered.error.code !== 'already-sending') {
        this.#leave(err(usageFailure(`${quoted(path)} was not sent`, offered.error.hint)));
        return;
      }
    }
    for (const transfer of this.#client?.files?.list ?? []) {
      const isWanted = transfer.direction === 'outgoing' && !this.#unwanted.has(transfer.number);
      if (isWanted) this.#wanted.set(transfer.number, transfer);
    }
    this.#isAllOffered = true;
    this.#look();
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
    await this.#client?.files?.cancel(number);
  }

  #moved(transfer: Transfer): void {
    if (this.#unwanted.has(transfer.number)) return;
    this.#wanted.set(transfer.number, transfer);
    if (transfer.state.phase === 'held') {
      const advice = `Decide about it in a chat: helo chat, then /verify @${transfer.peer}.`;
      const message = `the key of ${transfer.peer} has changed, and nothing is sent to it`;
      this.#leave(err({ exitCode: exitCodes.untrusted, message, hint: advice }));
    } else if (isAway(transfer)) {
      const message = `not delivered to ${transfer.peer}, who is not here: ${shownName(transfer.name)}`;
      this.#leave(err(systemFailure(message, 'The same command goes on where it stopped.')));
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
    this.#leave(
      failed.length === 0
        ? ok(exitCodes.ok)
        : err(systemFailure(`not delivered to ${peerOf(this.#parcel.to)}: ${names}`)),
    );
  }

  #leave(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#screen.status(undefined);
    void this.#client?.quit();
  }
}
