// One chat from start to end: a client with a console. Knows nothing of what is typed or printed; that is the terminal's.
import { ChatClient } from '../../client/chat-client.ts';
import type { ClientEventSink } from '../../client/client-event.ts';
import type { Outcome } from '../../terminal/line/farewell.ts';
import { LineClient } from '../../terminal/line/line-client.ts';
import type { Username } from '../../wire/text.ts';
import { clientPorts } from '../client-ports.ts';
import { defaultDownloads } from '../downloads.ts';
import type { Environment } from '../flags/table.ts';
import type { ChatOptions } from './options.ts';
import { hasScreen, openConsole } from './place.ts';
import { openScreen } from './full-screen.ts';
import { leaveOnSignals } from './signals.ts';

/** Chats as `username` until it ends. Rejects with a PrivateFileError where the data directory cannot be used. */
export async function chat(
  username: Username,
  options: ChatOptions,
  env: Environment,
): Promise<Outcome> {
  const { server: address, data, downloads = defaultDownloads() } = options;
  const acceptUpTo = options['accept-up-to'];
  const ports = await clientPorts(username, { address, data, downloads, acceptUpTo });
  const connect = (sink: ClientEventSink) => new ChatClient({ address, username }, ports, sink);
  const client = hasScreen(process, env, options.plain)
    ? await openScreen({ address, username, connect, env })
    : new LineClient({ address, console: openConsole(process, env), connect });
  leaveOnSignals(process, client);
  return client.outcome;
}
