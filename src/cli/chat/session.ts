// One chat from start to end: a client with a console. Knows nothing of what is typed or printed; the terminal does.
import { ChatClient } from '../../client/chat-client.ts';
import type { ClientEventSink } from '../../client/client-event.ts';
import type { KeeperPorts } from '../../client/connection/link-keeper.ts';
import { nodeTimers } from '../../platform/node/runtime.ts';
import type { Outcome } from '../../client/wording/farewell.ts';
import { LineClient } from '../../terminal/line/line-client.ts';
import type { Username } from '../../wire/text.ts';
import { accountPorts, clientPorts } from '../../platform/node/client-ports.ts';
import { underControl } from '../../platform/node/control-socket.ts';
import { defaultDownloads } from '../downloads.ts';
import { readInvite } from '../invite.ts';
import type { Environment } from '../../platform/node/home.ts';
import { isKnownThere } from '../../platform/node/server-place.ts';
import { fromHome } from '../../platform/node/xdg.ts';
import { readLocalFile } from './local-file.ts';
import { writeNewFile } from './new-file.ts';
import type { ChatOptions } from './options.ts';
import { openConsole } from './place.ts';
import { openScreen, type BegunScreen } from './full-screen.ts';
import { leaveOnSignals } from './signals.ts';
import { isInteractive } from './streams.ts';

/** How a person at a terminal came to the login. */
export interface LoginPath {
  /** Whether the person was asked for the server and the name. */
  readonly isAsked: boolean;
  /** Called after the login, if the next start should use the same server and name. */
  readonly remember?: () => Promise<void>;
}

/**
 * Chats as `username` until the end, on `screen` if given. Rejects with a PrivateFileError if the data directory cannot
 * be used.
 */
export async function chat(
  username: Username,
  options: ChatOptions,
  env: Environment,
  screen: BegunScreen | undefined,
  loginPath?: LoginPath,
): Promise<Outcome> {
  const { server: address, data, downloads = defaultDownloads() } = options;
  const newcomer =
    loginPath && (await isNew(username, options, loginPath))
      ? { folder: fromHome(data), isRemembered: loginPath.remember !== undefined }
      : undefined;
  const acceptUpTo = options['accept-up-to'];
  const place = { address, data, downloads, acceptUpTo };
  const invite = await readInvite(options['invite-file'], env);
  const {
    account,
    ports: opened,
    busy,
    control,
  } = options.guest
    ? {
        account: undefined,
        ports: await clientPorts(username, place),
        busy: false,
        control: undefined,
      }
    : await accountPorts(username, place, invite);
  const isPiped = screen === undefined && !isInteractive(process);
  const { keeping } = opened;
  const ports = { ...opened, ...(keeping !== undefined && { keeping: { ...keeping, isPiped } }) };
  const settings = {
    address,
    username,
    account,
    reconnects: !options['no-reconnect'],
    triesFromStart: !options['no-reconnect'],
  };
  let remembering: Promise<void> | undefined;
  const connect = (sink: ClientEventSink, askInvite?: KeeperPorts['askInvite']) =>
    underControl(
      busy ? undefined : control,
      { files: true, stays: true },
      (event) => {
        sink(event);
        const isIn = event.type === 'state' && event.state.phase === 'open';
        if (isIn) remembering ??= loginPath?.remember?.();
      },
      (told) =>
        new ChatClient(settings, askInvite === undefined ? ports : { ...ports, askInvite }, told),
    );
  const client = screen
    ? await openScreen(screen, connect, { newcomer, drafts: await ports.drafts() })
    : new LineClient({
        address,
        console: openConsole(process, env),
        writeFile: writeNewFile,
        readFile: readLocalFile,
        ...(options.literal && { literal: { kind: 'lobby' as const } }),
        marksPlaces: !options['v1-output'],
        newcomer,
        timers: nodeTimers,
        patienceMs: options.wait,
        drafts: await ports.drafts(),
        ...(options.history !== undefined && { history: options.history }),
        connect,
      });
  const stopListening = leaveOnSignals(process, client);
  try {
    return await client.outcome;
  } finally {
    stopListening();
    await remembering;
  }
}

/** Whether the device has nothing yet for this name at this server. Then the new keys are announced. */
async function isNew(
  username: Username,
  { server, data, guest }: ChatOptions,
  { isAsked }: LoginPath,
): Promise<boolean> {
  return guest ? isAsked : !(await isKnownThere(data, server, username));
}
