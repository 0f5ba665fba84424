// `import { connect } from 'helo'`: a chat on Node, put together from a data directory as the program does it. Owns the
// defaults. The chat itself is client/chat/chat.ts and knows no platform.

import { ChatClient, type ClientPorts } from '../client/chat-client.ts';
import { callback, given, oneOf, text, toggle } from '../client/chat/chat-arguments.ts';
import { ChatError } from '../client/chat/chat-error.ts';
import { Chat } from '../client/chat/chat.ts';
import { MemoryClientStore } from '../client/store/memory-store.ts';
import type { AccountWish } from '../client/login/account-login.ts';
import { addressForms, type ServerAddress } from '../client/connection/server-address.ts';
import { readServerAddress } from '../platform/node/server-address.ts';
import { accountPorts, clientPorts } from '../platform/node/client-ports.ts';
import { underControl } from '../platform/node/control-socket.ts';
import { usualClientData } from '../platform/node/xdg.ts';
import { systemCode } from '../lib/system-error.ts';
import { NoHomeFolder } from '../platform/node/home.ts';
import { PrivateFileError } from '../client/store/private-file-error.ts';
import { linkBot, type LinkStep } from './link.ts';
import * as v from 'valibot';
import { maxNameLength, parseUsername, type Username } from '../wire/text.ts';

export interface ConnectOptions {
  /** `HOST:PORT`, or `tls://HOST:PORT[#FINGERPRINT]`. Default `127.0.0.1:1337`. */
  readonly server?: string;
  /** Who you are: 1 to 32 letters, digits and underscores. */
  readonly name: string;
  /** The folder with the keys, the certificates of servers, and the history. Same default as `helo chat`. */
  readonly data?: string;
  /** A one-time code, or a function that asks for one, if the server requires one from new people. */
  readonly invite?: string | (() => Promise<string | undefined>);
  /**
   * Makes `data` a device of the account `name`, which its person has on another device, unless it is one already. Called
   * with the code, then with the digits: the person types `/link CODE` and `/link DIGITS` there.
   */
  readonly link?: (step: LinkStep) => unknown;
  /** Logs in without an account: the name is yours until you leave. */
  readonly guest?: boolean;
  /**
   * Where the history, the outbox and the sessions are stored. `disk` (the default) survives a restart, and one program
   * at a time can use it. With `memory` nothing is stored, and messages from before the start are not seen. An account
   * then reads and writes what is public, beside the program that has its store: its private messages wait for that
   * program, and `say` to a person throws `private-elsewhere`. A guest has private messages with either.
   */
  readonly store?: 'disk' | 'memory';
  /** Reconnects when the connection is lost. Default true. */
  readonly reconnect?: boolean;
}

const optionsForm = v.object(
  {
    server: v.optional(text, '127.0.0.1:1337'),
    name: text,
    data: v.optional(v.pipe(text, v.regex(/^[^\0]+$/, 'must be the path of a folder'))),
    invite: v.optional(v.union([text, callback], 'must be a string or a function')),
    link: v.optional(callback),
    guest: v.optional(toggle, false),
    store: v.optional(oneOf(['disk', 'memory']), 'disk'),
    reconnect: v.optional(toggle, true),
  },
  'must be an object with a name',
);
type Options = v.InferOutput<typeof optionsForm>;

/** Connects and logs in. Rejects with a ChatError: `usage`, `busy`, or the reason why the server refused. */
export async function connect(options: ConnectOptions): Promise<Chat> {
  const decoded = given(optionsForm, options, 'options');
  const { server, name, reconnect } = decoded;
  const address = readServerAddress(server);
  if (!address.ok) throw new ChatError('usage', `server must be ${addressForms}`);
  const username = parseUsername(name);
  if (username === undefined) {
    throw new ChatError('usage', `name must be 1 to ${maxNameLength} letters, digits, underscores`);
  }
  const { account, ports, control } = await partsOf(decoded, address.value, username);
  const inviting = new Inviting(options.invite);
  try {
    return await Chat.open(
      (sink) =>
        underControl(
          control,
          { files: ports.files !== undefined, stays: true },
          sink,
          (told) =>
            new ChatClient(
              { address: address.value, username, account, reconnects: reconnect },
              { ...ports, ...inviting.ports },
              told,
            ),
        ),
      rethrow,
    );
  } catch (error) {
    throw inviting.failure === undefined ? error : inviting.failure.error;
  } finally {
    inviting.isOver = true;
  }
}

/** As an uncaught exception, like an error in a listener of an EventEmitter. */
function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** The program's way to ask for a code. If it fails, `connect` rejects with its error. */
class Inviting {
  readonly ports: Pick<ClientPorts, 'askInvite'>;
  failure: { readonly error: unknown } | undefined;
  /** The login succeeded, or failed for good. */
  isOver = false;

  constructor(invite: ConnectOptions['invite']) {
    this.ports = typeof invite === 'function' ? { askInvite: () => this.#ask(invite) } : {};
  }

  async #ask(invite: () => Promise<string | undefined>): Promise<string | undefined> {
    try {
      return given(v.optional(text), await invite(), 'what invite gives');
    } catch (error) {
      if (this.isOver) rethrow(error);
      this.failure = { error };
      throw error;
    }
  }
}

async function partsOf(
  options: Options,
  address: ServerAddress,
  username: Username,
): Promise<Parts> {
  const folder = options.data ?? usualFolder();
  try {
    return await openParts(options, folder, address, username);
  } catch (error) {
    if (!(error instanceof PrivateFileError)) throw error;
    const isDisk = diskFaults.has(systemCode(error.cause) ?? '');
    throw new ChatError(isDisk ? 'store-failed' : 'usage', `data: ${error.message}`);
  }
}

/** Faults of a disk, not of the folder that was named. */
const diskFaults: ReadonlySet<string> = new Set(['EIO', 'ENOSPC', 'EDQUOT']);

interface Parts {
  readonly account: AccountWish | undefined;
  readonly ports: ClientPorts;
  /** Where other programs ask for what this one sends. Undefined where it has no store. */
  readonly control: string | undefined;
}

function usualFolder(): string {
  try {
    return usualClientData(process.env);
  } catch (error) {
    if (error instanceof NoHomeFolder) throw new ChatError('usage', `data: ${error.message}`);
    throw error;
  }
}

async function openParts(
  { guest, store, invite, link }: Options,
  folder: string,
  address: ServerAddress,
  username: Username,
): Promise<Parts> {
  if (link !== undefined) {
    if (guest) throw new ChatError('usage', 'a guest has no account to link to');
    await linkBot(address, username, folder, link);
  }
  const code = typeof invite === 'string' ? invite : undefined;
  const place = { address, data: folder, downloads: folder, acceptUpTo: 0 };
  if (guest || store === 'memory') {
    const ports = withoutFiles(await clientPorts(username, place));
    if (guest) return { account: undefined, ports, control: undefined };
    const { suite, device } = ports;
    const memory = new MemoryClientStore();
    const keeping = { store: memory, records: await memory.load(), startsNow: true };
    return {
      account: { suite, device, takesPrivate: false, invite: code },
      ports: { ...ports, keeping },
      control: undefined,
    };
  }
  const login = await accountPorts(username, place, code);
  if (login.busy) {
    throw new ChatError(
      'busy',
      `another program has the account ${username} open in ${folder}; link (or helo link) makes another folder a device of its own`,
    );
  }
  const { keeping, ...ports } = withoutFiles(login.ports);
  return {
    account: login.account,
    control: login.control,
    ports: { ...ports, keeping: keeping && { ...keeping, startsNow: true } },
  };
}

/** A program without a person accepts no files. */
function withoutFiles({ files: _files, ...ports }: ClientPorts): ClientPorts {
  return ports;
}
