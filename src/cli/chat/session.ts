// One chat from start to end: a client with a console. Knows nothing of what is typed or printed; that is the terminal's.
import { ChatClient } from '../../client/chat-client.ts';
import type { ClientEventSink } from '../../client/client-event.ts';
import type { KeeperPorts } from '../../client/link-keeper.ts';
import type { Outcome } from '../../terminal/line/farewell.ts';
import { LineClient } from '../../terminal/line/line-client.ts';
import type { Username } from '../../wire/text.ts';
import { accountPorts, clientPorts } from '../client-ports.ts';
import { defaultDownloads } from '../downloads.ts';
import { readInvite } from '../invite.ts';
import type { Environment } from '../flags/table.ts';
import type { ChatOptions } from './options.ts';
import { openConsole } from './place.ts';
import { openScreen, type BegunScreen } from './full-screen.ts';
import { leaveOnSignals } from './signals.ts';

/** Chats as `username` until it ends, on `screen` where there is one. Rejects with a PrivateFileError where the data directory cannot be used. */
export async function chat(
  username: Username,
  options: ChatOptions,
  env: Environment,
  screen: BegunScreen | undefined,
): Promise<Outcome> {
  const { server: address, data, downloads = defaultDownloads() } = options;
  const acceptUpTo = options['accept-up-to'];
  const place = { address, data, downloads, acceptUpTo };
  const invite = await readInvite(options['invite-file'], env);
  const { account, ports } = options.guest
    ? { account: undefined, ports: await clientPorts(username, place) }
    : await accountPorts(username, place, invite);
  const settings = { address, username, account, reconnects: !options['no-reconnect'] };
  const connect = (sink: ClientEventSink, askInvite?: KeeperPorts['askInvite']) =>
    new ChatClient(settings, askInvite === undefined ? ports : { ...ports, askInvite }, sink);
  const client = screen
    ? await openScreen(screen, connect)
    : new LineClient({
        address,
        console: openConsole(process, env),
        ...(options.history !== undefined && { history: options.history }),
        connect,
      });
  leaveOnSignals(process, client);
  return client.outcome;
}
