// Sends files and leaves: offers them by the account, here or in the program that has it open, and stays until each has
// arrived, is kept by the server, or failed. Interrupted ones are remembered, so that the same command resumes them.
// Accepts no files of others. sending.ts has the files themselves.
import { ChatClient } from '../../client/chat-client.ts';
import type { ClientEvent } from '../../client/client-event.ts';
import { refuseCommand, refuseFile } from '../../client/command-refusal.ts';
import type { ClientState } from '../../client/client-state.ts';
import type { TransferStore } from '../../client/files/ports.ts';
import { peerAt } from '../../client/files/file-peer.ts';
import { err, type Result } from '../../lib/result.ts';
import { farewell } from '../../client/wording/farewell.ts';
import { waitsForDisk } from '../../client/wording/connection-words.ts';
import { noMarks } from '../../client/wording/place-marks.ts';
import { present } from '../../client/wording/present.ts';
import { warning } from '../../client/wording/printed-line.ts';
import type { Username } from '../../wire/text.ts';
import type { Login } from '../../platform/node/client-ports.ts';
import { underControl } from '../../platform/node/control-socket.ts';
import { defaultDownloads } from '../downloads.ts';
import type { ExitCode } from '../exit-codes.ts';
import { quoted, systemFailure, usageFailure, type Failure } from '../failure.ts';
import { exitOf } from '../outcome.ts';
import { formatPlace, lobbyGroup, type Place } from '../../wire/extended/names.ts';
import type { FileBatch, SendOptions } from './options.ts';
import { guestLogin, reachAccount } from './reach.ts';
import type { SendScreen } from './screen.ts';
import { Sending, type OfferAnswer, type SendingEnd } from './sending.ts';
import { sendThrough } from './through.ts';

type End = Result<ExitCode, Failure>;

/** Sends the files of `batch` as `username`. Rejects with a PrivateFileError if the data directory cannot be used. */
export async function send(
  username: Username,
  parcel: FileBatch,
  options: SendOptions,
  screen: SendScreen,
): Promise<End> {
  const { server: address, data, wait } = options;
  const place = { address, data, downloads: defaultDownloads(), acceptUpTo: 0 };
  const until = wait > 0 ? Date.now() + wait : undefined;
  const warn = (words: string) => screen.print(warning(words));
  for (let isFirst = true; ; isFirst = false) {
    const reached = options.guest
      ? ({ kind: 'own', login: await guestLogin(username, place) } as const)
      : await reachAccount(username, place, { needsFiles: true, warn });
    const { login } = reached;
    if (reached.kind === 'busy') {
      const advice = `Type /send_file ${formatPlace(parcel.to)} there, or send as somebody else with --name, or with another --data that helo link has made a device of this account.`;
      const message = `another program has the account ${username} open, and its files go from there`;
      return err(systemFailure(message, advice));
    }
    const failure = isFirst ? await unsendable(login, parcel) : undefined;
    if (failure !== undefined) return err(failure);
    const end = await new Promise<SendingEnd>((resolve) => {
      const sending = new Sending({ parcel, wait, until, screen, done: resolve });
      if (reached.kind === 'through') sendThrough(sending, reached.call);
      else sendFromHere(sending, { username, parcel, options, screen, login });
    });
    if (end !== 'again') return end;
  }
}

/** Before anything is sent, so that a mistyped path is found at once and not half-way. */
async function unsendable({ ports }: Login, { paths }: FileBatch): Promise<Failure | undefined> {
  const { files } = ports;
  if (files === undefined) return systemFailure('files cannot be sent from here');
  for (const path of paths) {
    const found = await files.carrier.inspect(path);
    if (!found.ok && found.error.code === 'missing') {
      return usageFailure(`No such file! ${quoted(path)}`, 'A text is given with --text.');
    }
    if (!found.ok) {
      const { hint } = refuseFile(found.error).error;
      return usageFailure(`${quoted(path)} is not a file that can be read`, hint);
    }
  }
  return undefined;
}

interface FromHere {
  readonly username: Username;
  readonly parcel: FileBatch;
  readonly options: SendOptions;
  readonly screen: SendScreen;
  readonly login: Login;
}

/** By a login of this program. */
function sendFromHere(sending: Sending, settings: FromHere): void {
  const { username, parcel, options, screen, login } = settings;
  const { server: address } = options;
  const { account, ports, control } = login;
  const { files } = ports;
  const only = files && { files: { ...files, store: onlyOutgoing(files.store, parcel) } };
  const closed = (state: Extract<ClientState, { readonly phase: 'closed' }>) =>
    sending.closed(exitOf(farewell(state.reason, address)));
  const client = underControl(
    control,
    { files: true, stays: false },
    (event) => {
      if (event.type === 'file') sending.receive(event.event);
      else if (isTold(event)) {
        for (const line of present(event, () => undefined, noMarks)) screen.print(line);
      }
      if (event.type !== 'state') return;
      const { state } = event;
      if (state.phase === 'login' && state.waitsFor === 'disk') screen.print(warning(waitsForDisk));
      if (state.phase === 'open') void sending.opened();
      if (state.phase === 'closed') closed(state);
    },
    (sink) => new ChatClient({ address, username, account }, { ...ports, ...only }, sink),
  );
  sending.begin({
    files: () =>
      client.files && {
        list: client.files.list,
        send: (to, path) => sendTo(client, to, path),
        cancel: (number) => client.files?.cancel(number),
      },
    quit: () => void client.quit(),
    later: 'The same command goes on where it stopped.',
  });
}

/** What a script is told besides its files. Nobody reads messages here. */
const told: ReadonlySet<ClientEvent['type']> = new Set([
  'private',
  'server-remembered',
  'guest',
  'restored',
  'backup',
  'twin',
  'own-devices',
  'directory',
]);

function isTold({ type }: ClientEvent): boolean {
  return told.has(type);
}

async function sendTo(client: ChatClient, to: Place, path: string): Promise<OfferAnswer> {
  const { files } = client;
  if (files === undefined) return refuseCommand('not-open');
  if (to.kind === 'direct') return files.send(to.user, path);
  return files.sendToGroup(to.kind === 'lobby' ? lobbyGroup : to.group, path);
}

/** Only these files to this place. Everything else belongs to the chat that uses this name. */
function onlyOutgoing(store: TransferStore, { to, paths }: FileBatch): TransferStore {
  return {
    load: async () =>
      (await store.load()).filter(
        (record) =>
          record.kind === 'outgoing' &&
          record.peer === peerAt(to) &&
          paths.includes(record.source.path),
      ),
    put: (record) => store.put(record),
    remove: (record) => store.remove(record),
  };
}
