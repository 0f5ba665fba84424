// Sends text and leaves: each line of standard input goes to one place, by the account, here or in the program that has
// it open. Here it is the line client in its literal form. Messages of others are not shown, and stay unread.
import { ChatClient } from '../../client/chat-client.ts';
import type { Outcome } from '../../client/wording/farewell.ts';
import { warning } from '../../client/wording/printed-line.ts';
import type { ServerAddress } from '../../client/connection/server-address.ts';
import type { Result } from '../../lib/result.ts';
import { nodeTimers } from '../../platform/node/runtime.ts';
import { LineClient } from '../../terminal/line/line-client.ts';
import { LineSource } from '../../terminal/line/line-source.ts';
import { StreamConsole } from '../../terminal/line/stream-console.ts';
import { pipeStyle } from '../../terminal/line/style.ts';
import { columnsOf } from '../../terminal/line/wrap.ts';
import type { Place } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { readLocalFile } from '../chat/local-file.ts';
import { writeNewFile } from '../chat/new-file.ts';
import { leaveOnSignals, type Interruptible } from '../chat/signals.ts';
import type { Login } from '../../platform/node/client-ports.ts';
import { underControl } from '../../platform/node/control-socket.ts';
import { defaultDownloads } from '../downloads.ts';
import type { ExitCode } from '../exit-codes.ts';
import { systemFailure, type Failure } from '../failure.ts';
import { exitOf } from '../outcome.ts';
import type { SendOptions } from './options.ts';
import { guestLogin, reachAccount } from './reach.ts';
import { TextsThrough } from './texts-through.ts';
import { withoutFiles } from './without-files.ts';

/** Sends standard input to `to` as `username`. Rejects with a PrivateFileError if the data directory cannot be used. */
export async function sendTexts(
  username: Username,
  to: Place,
  options: SendOptions,
): Promise<Result<ExitCode, Failure>> {
  const { server: address, data, guest, wait } = options;
  const place = { address, data, downloads: defaultDownloads(), acceptUpTo: 0 };
  const lines = new LineSource(process.stdin);
  let current: Interruptible | undefined;
  let interrupt: (outcome: Outcome) => void = () => {};
  const interrupted = new Promise<Outcome>((resolve) => (interrupt = resolve));
  const stopListening = leaveOnSignals(process, {
    interrupt: () => {
      interrupt({ kind: 'interrupted' });
      current?.interrupt();
    },
  });
  const tooLate = new Promise<Failure>((resolve) => {
    if (wait > 0) {
      nodeTimers.after(wait, () =>
        resolve(systemFailure(`not everything was sent in ${wait / 1000} s`)),
      );
    }
  });
  const run = async (): Promise<Outcome> => {
    let earlier: TextsThrough | undefined;
    for (;;) {
      const reached = guest
        ? ({ kind: 'own', login: await guestLogin(username, place) } as const)
        : await reachAccount(username, place, { needsFiles: false, warn });
      if (reached.kind !== 'through') {
        const client = lineClient(reached.login, { username, to, address, lines });
        current = client;
        const outcome = await client.outcome;
        // Of what was refused before by another program, nobody here knows.
        return outcome.kind === 'left' && earlier?.isWhole === false
          ? { kind: 'undelivered' }
          : outcome;
      }
      const through = new TextsThrough(reached.call, { to, lines, warn }, earlier);
      current = through;
      const outcome = await through.outcome;
      if (outcome !== 'again') return outcome;
      earlier = through;
    }
  };
  try {
    const outcome = await Promise.race([run(), tooLate, interrupted]);
    current?.interrupt();
    lines.close();
    return exitOf(outcome);
  } finally {
    stopListening();
  }
}

interface LineClientWish {
  readonly username: Username;
  readonly to: Place;
  readonly address: ServerAddress;
  readonly lines: LineSource;
}

function lineClient(
  { account, ports, control, busy }: Login,
  { username, to, address, lines }: LineClientWish,
): LineClient {
  return new LineClient({
    address,
    console: new StreamConsole({
      input: lines,
      output: process.stdout,
      errors: process.stderr,
      interactive: false,
      columns: () => columnsOf(process.stdout),
    }),
    writeFile: writeNewFile,
    readFile: readLocalFile,
    timers: nodeTimers,
    marksPlaces: true,
    literal: to,
    isDeaf: true,
    connect: (sink) =>
      underControl(
        busy ? undefined : control,
        { files: false, stays: false },
        sink,
        (told) => new ChatClient({ address, username, account }, withoutFiles(ports), told),
      ),
  });
}

const style = pipeStyle(() => columnsOf(process.stderr));

function warn(words: string): void {
  process.stderr.write(`${style(warning(words))}\n`);
}
