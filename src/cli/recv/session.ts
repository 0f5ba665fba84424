// Receives by an account, or as a guest, and prints each message once it is on the disk; it counts as read when it has been
// printed, so a reader that is cut off gets it again. It does not go by a program that has the account open: nothing that
// others say goes over the control socket (ARCHITECTURE.md), and two readers of one account would take from each other.
import { ChatClient } from '../../client/chat-client.ts';
import type { ChatError } from '../../client/chat/chat-error.ts';
import { Chat, type ChatMessage } from '../../client/chat/chat.ts';
import type { ClientEvent } from '../../client/client-event.ts';
import { farewell } from '../../client/wording/farewell.ts';
import { noMarks } from '../../client/wording/place-marks.ts';
import { present } from '../../client/wording/present.ts';
import { warning } from '../../client/wording/printed-line.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { accountPorts, type Login } from '../../platform/node/client-ports.ts';
import { underControl } from '../../platform/node/control-socket.ts';
import { pipeStyle } from '../../terminal/line/style.ts';
import { columnsOf } from '../../terminal/line/wrap.ts';
import type { Place } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { leaveOnSignals } from '../chat/signals.ts';
import { defaultDownloads } from '../downloads.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { systemFailure, type Failure } from '../failure.ts';
import { exitOf } from '../outcome.ts';
import { guestLogin } from '../send/reach.ts';
import { withoutFiles } from '../send/without-files.ts';
import type { RecvOptions } from './options.ts';
import { Past } from './past.ts';
import { Printer } from './printer.ts';

type End = Result<ExitCode, Failure>;

/** What a script is told besides, on standard error. */
const told: ReadonlySet<ClientEvent['type']> = new Set([
  'private',
  'server-remembered',
  'guest',
  'restored',
  'twin',
  'own-devices',
  'directory',
  'damaged',
  'history-failed',
]);

/** Prints what comes from `only`, or from everywhere. Rejects with a PrivateFileError if the data cannot be used. */
export async function receive(
  username: Username,
  only: Place | undefined,
  options: RecvOptions,
): Promise<End> {
  const { server: address, data, guest, follow, since, json } = options;
  const place = { address, data, downloads: defaultDownloads(), acceptUpTo: 0 };
  const login: Login = guest
    ? await guestLogin(username, place)
    : await accountPorts(username, place, undefined);
  if (login.busy) {
    const advice = `What comes is there. To read beside it, make a device of its own: helo link --name ${username} --data DIR, and the same --data here.`;
    const message = `another program has the account ${username} open, and what others say goes to no second one`;
    return err(systemFailure(message, advice));
  }
  const printer = new Printer(json);
  const past = since === undefined ? undefined : new Past(since, only);
  let client: ChatClient | undefined;
  const stop = new Stop();
  const stopListening = leaveOnSignals(process, { interrupt: () => stop.now('interrupted') });
  process.stdout.once('error', () => stop.now('unread'));
  try {
    const chat = await Chat.open(
      (sink) =>
        (client = underControl(
          login.control,
          { files: false, stays: follow },
          (event) => {
            if (told.has(event.type)) warn(event);
            if (past?.takes(event) !== true) sink(event);
          },
          (hear) =>
            new ChatClient(
              { address, username, account: login.account, reconnects: follow },
              withoutFiles(login.ports),
              hear,
            ),
        )),
      (error) => {
        throw error;
      },
      { only, isPeek: past !== undefined },
    );
    return await run(chat, { client, past, printer, stop, follow, address });
  } catch (error) {
    const reason = (error as Partial<ChatError>).reason;
    if (reason === undefined) throw error;
    return exitOf(farewell(reason, address));
  } finally {
    stopListening();
  }
}

interface Running {
  readonly client: ChatClient | undefined;
  readonly past: Past | undefined;
  readonly printer: Printer;
  readonly stop: Stop;
  readonly follow: boolean;
  readonly address: RecvOptions['server'];
}

async function run(chat: Chat, running: Running): Promise<End> {
  const { client, past, printer, stop, follow, address } = running;
  const print = async (message: ChatMessage): Promise<void> => {
    // Nobody reads any more: it does not count as read, and the end is on its way.
    if (!(await printer.message(message))) await new Promise<never>(() => {});
  };
  const messages = async (): Promise<'done'> => {
    if (past !== undefined && client !== undefined) {
      for await (const message of past.messages(client)) await print(message);
      past.end();
    }
    // One at a time: a message counts as read when the next one is asked for.
    for await (const message of toPrint(chat, follow, past)) await print(message);
    return 'done';
  };
  if (past === undefined || follow) {
    chat.on('edited', (event) => void printer.amended('edited', { ...event }));
    chat.on('deleted', (event) => void printer.amended('deleted', { ...event }));
    chat.on('pinned', (event) => void printer.amended('pinned', { ...event }));
    chat.on('reacted', (event) => void printer.amended('reacted', { ...event }));
  }
  const end = await Promise.race([messages(), stop.asked]);
  if (end === 'interrupted') {
    client?.abort();
    return ok(exitCodes.interrupted);
  }
  const isOver = chat.state.phase === 'closed';
  const reason = isOver ? await chat.closed : await chat.close();
  return end === 'unread' ? ok(exitCodes.ok) : exitOf(farewell(reason, address));
}

function toPrint(
  chat: Chat,
  follow: boolean,
  past: Past | undefined,
): AsyncIterable<ChatMessage> | readonly ChatMessage[] {
  if (follow) return chat.messages();
  return past === undefined ? chat.missed() : [];
}

const style = pipeStyle(() => columnsOf(process.stderr));

function warn(event: ClientEvent): void {
  for (const { kind, text } of present(event, () => undefined, noMarks)) {
    if (kind === 'warning' || kind === 'notice') process.stderr.write(`${style(warning(text))}\n`);
  }
}

/** Somebody wants it to end: `unread` where nobody reads what is printed. */
class Stop {
  #stop: (why: 'interrupted' | 'unread') => void = () => {};
  readonly asked = new Promise<'interrupted' | 'unread'>((resolve) => (this.#stop = resolve));

  now(why: 'interrupted' | 'unread'): void {
    this.#stop(why);
  }
}
