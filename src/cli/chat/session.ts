// One chat from start to end: puts a client together from its Node parts and gives it a console. Knows nothing of what is
// typed or printed; that is the terminal's.
import { ChatClient, type ClientPorts } from '../../client/chat-client.ts';
import { serverKeyOf } from '../../client/server-address.ts';
import { openSuite } from '../../e2ee/suite.ts';
import { dial } from '../../platform/node/connection.ts';
import { nodeCryptoProvider } from '../../platform/node/crypto-provider.ts';
import { createFileCarrier } from '../../platform/node/files/carrier.ts';
import { openTransferFiles } from '../../platform/node/files/transfer-files.ts';
import { openDevice } from '../../platform/node/device-file.ts';
import { openKnownServers } from '../../platform/node/known-servers.ts';
import { openPins } from '../../platform/node/pin-files.ts';
import { nodeClock, nodeRandomBytes, nodeTimers } from '../../platform/node/runtime.ts';
import type { Outcome } from '../../terminal/line/farewell.ts';
import { LineClient } from '../../terminal/line/line-client.ts';
import type { Username } from '../../wire/text.ts';
import type { Environment } from '../flags/table.ts';
import type { ChatOptions } from './options.ts';
import { defaultDownloads } from '../downloads.ts';
import { openConsole } from './place.ts';
import { leaveOnSignals } from './signals.ts';

/** Chats as `username` until it ends. Rejects with a PrivateFileError where the data directory cannot be used. */
export async function chat(
  username: Username,
  options: ChatOptions,
  env: Environment,
): Promise<Outcome> {
  const { server: address, data } = options;
  const server = serverKeyOf(address);
  const suite = await openSuite(nodeCryptoProvider);
  const ports: ClientPorts = {
    dial,
    timers: nodeTimers,
    now: nodeClock,
    random: nodeRandomBytes,
    knownServers: openKnownServers(data),
    pins: openPins(data, server),
    suite,
    device: await openDevice(suite, data, username),
    files: {
      carrier: createFileCarrier(options.downloads ?? defaultDownloads(), username),
      store: openTransferFiles(data, server, username),
      acceptUpTo: options['accept-up-to'],
    },
  };
  const client = new LineClient({
    address,
    console: openConsole(process, env),
    connect: (sink) => new ChatClient({ address, username }, ports, sink),
  });
  leaveOnSignals(process, client);
  return client.outcome;
}
