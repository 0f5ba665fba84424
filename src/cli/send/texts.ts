// Sends text and leaves: each line of standard input goes to one place, by the line client in its literal form.
// Messages of others are not shown, and stay unread.
import { ChatClient } from '../../client/chat-client.ts';
import type { Result } from '../../lib/result.ts';
import { nodeTimers } from '../../platform/node/runtime.ts';
import { LineClient } from '../../terminal/line/line-client.ts';
import { StreamConsole } from '../../terminal/line/stream-console.ts';
import { columnsOf } from '../../terminal/line/wrap.ts';
import type { Place } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { writeNewFile } from '../chat/new-file.ts';
import { leaveOnSignals } from '../chat/signals.ts';
import { accountPorts, clientPorts } from '../../platform/node/client-ports.ts';
import { defaultDownloads } from '../downloads.ts';
import type { ExitCode } from '../exit-codes.ts';
import { systemFailure, type Failure } from '../failure.ts';
import { exitOf } from '../outcome.ts';
import type { SendOptions } from './options.ts';

/** Sends standard input to `to` as `username`. Rejects with a PrivateFileError if the data directory cannot be used. */
export async function sendTexts(
  username: Username,
  to: Place,
  { server: address, data, guest, wait }: SendOptions,
): Promise<Result<ExitCode, Failure>> {
  const place = { address, data, downloads: defaultDownloads(), acceptUpTo: 0 };
  const { account, ports } = guest
    ? { account: undefined, ports: await clientPorts(username, place) }
    : await accountPorts(username, place, undefined);
  const { files, ...withoutFiles } = ports;
  // Nobody takes files here; those that others leave at the server are for the next chat.
  const connected = { ...withoutFiles, ...(files !== undefined && { fileRecords: files.store }) };
  const client = new LineClient({
    address,
    console: new StreamConsole({
      input: process.stdin,
      output: process.stdout,
      errors: process.stderr,
      interactive: false,
      columns: () => columnsOf(process.stdout),
    }),
    writeFile: writeNewFile,
    timers: nodeTimers,
    marksPlaces: true,
    literal: to,
    isDeaf: true,
    connect: (sink) => new ChatClient({ address, username, account }, connected, sink),
  });
  const stopListening = leaveOnSignals(process, client);
  const tooLate = new Promise<Failure>((resolve) => {
    if (wait > 0) {
      nodeTimers.after(wait, () =>
        resolve(systemFailure(`not everything was sent in ${wait / 1000} s`)),
      );
    }
  });
  try {
    const outcome = await Promise.race([client.outcome, tooLate]);
    client.interrupt();
    return exitOf(outcome);
  } finally {
    stopListening();
  }
}
