// `import { connect } from 'helo'`: a chat on Node, put together from a data directory as the program does it. Owns the
// defaults; the chat itself is client/chat.ts and knows no platform.

import { ChatClient, type ClientPorts } from '../client/chat-client.ts';
import { ChatError } from '../client/chat-error.ts';
import { Chat } from '../client/chat.ts';
import { MemoryClientStore } from '../client/memory-store.ts';
import type { AccountWish } from '../client/login/account-login.ts';
import { addressForms } from '../client/server-address.ts';
import { readServerAddress } from '../platform/node/server-address.ts';
import { accountPorts, clientPorts } from '../cli/client-ports.ts';
import { dataHome } from '../cli/xdg.ts';
import { join } from 'node:path';
import { maxNameLength, parseUsername } from '../wire/text.ts';

export interface ConnectOptions {
  /** `HOST:PORT`, or `tls://HOST:PORT[#FINGERPRINT]`. Default `127.0.0.1:1337`. */
  readonly server?: string;
  /** Who you are: 1 to 32 letters, digits and underscores. */
  readonly name: string;
  /** The folder with the keys, the certificates of servers, and the history. Default as for `helo chat`. */
  readonly data?: string;
  /** A one-time code, or how to ask for one, where the server takes in nobody new without. */
  readonly invite?: string | (() => Promise<string | undefined>);
  /** Comes without an account: the name is yours until you leave. */
  readonly guest?: boolean;
  /**
   * Where the history, the outbox and the sessions are kept: `disk` (the default) survives a restart, and one program at
   * a time has it; with `memory` nothing is kept, and what was said before the start is not seen. An account then hears
   * and says what everybody can read, beside the program that has its store: its private messages wait for that one, and
   * `say` to a person throws `private-elsewhere`. A guest has private messages with either.
   */
  readonly store?: 'disk' | 'memory';
  /** Connects again when the connection is lost. Default true. */
  readonly reconnect?: boolean;
}

/** Connects and logs in. Rejects with a ChatError: `usage`, `busy`, or why the server did not let it in. */
export async function connect(options: ConnectOptions): Promise<Chat> {
  const { server = '127.0.0.1:1337', name, reconnect = true, invite } = options;
  const address = readServerAddress(server);
  if (!address.ok) throw new ChatError('usage', `server must be ${addressForms}`);
  const username = parseUsername(name);
  if (username === undefined) {
    throw new ChatError('usage', `name must be 1 to ${maxNameLength} letters, digits, underscores`);
  }
  const { account, ports } = await partsOf(options, address.value, username);
  const askInvite = typeof invite === 'function' ? { askInvite: () => invite() } : {};
  return Chat.open(
    (sink) =>
      new ChatClient(
        { address: address.value, username, account, reconnects: reconnect },
        { ...ports, ...askInvite },
        sink,
      ),
  );
}

async function partsOf(
  { data, guest = false, store = 'disk', invite }: ConnectOptions,
  address: Parameters<typeof clientPorts>[1]['address'],
  username: Parameters<typeof clientPorts>[0],
): Promise<{ readonly account: AccountWish | undefined; readonly ports: ClientPorts }> {
  const folder = data ?? join(dataHome(process.env), 'helo', 'client');
  const code = typeof invite === 'string' ? invite : undefined;
  const place = { address, data: folder, downloads: folder, acceptUpTo: 0 };
  if (guest || store === 'memory') {
    const ports = withoutFiles(await clientPorts(username, place));
    if (guest) return { account: undefined, ports };
    const { suite, device } = ports;
    const memory = new MemoryClientStore();
    const keeping = { store: memory, records: await memory.load(), startsNow: true };
    return {
      account: { suite, device, takesPrivate: false, invite: code },
      ports: { ...ports, keeping },
    };
  }
  const login = await accountPorts(username, place, code);
  if (login.busy) {
    throw new ChatError('busy', `another program has the account ${username} open in ${folder}`);
  }
  return { account: login.account, ports: withoutFiles(login.ports) };
}

/** A program that nobody sits in front of takes no files. */
function withoutFiles({ files: _files, ...ports }: ClientPorts): ClientPorts {
  return ports;
}
