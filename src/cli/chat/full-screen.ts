// The chat on a full screen. What draws it is loaded here only, so that pipes and line mode do not pay for it.
import type { ChatClient } from '../../client/chat-client.ts';
import type { ClientEventSink } from '../../client/client-event.ts';
import type { ServerAddress } from '../../client/server-address.ts';
import { nodeClock, nodeTimers } from '../../platform/node/runtime.ts';
import type { ScreenClient } from '../../terminal/screen/screen-client.ts';
import { loadConfig, writeNewFile } from './configuration.ts';
import { editText } from './own-editor.ts';
import type { Environment } from '../flags/table.ts';

export interface FullScreenOptions {
  readonly address: ServerAddress;
  readonly username: string;
  readonly connect: (sink: ClientEventSink) => ChatClient;
  readonly env: Environment;
}

/** Takes the terminal over, and begins to connect. */
export async function openScreen({
  address,
  username,
  connect,
  env,
}: FullScreenOptions): Promise<ScreenClient> {
  const [{ ScreenClient: Client }, { TerminalOwner }, { schemeFor }, config] = await Promise.all([
    import('../../terminal/screen/screen-client.ts'),
    import('../../terminal/screen/terminal-owner.ts'),
    import('../../terminal/screen/theme.ts'),
    loadConfig(env),
  ]);
  const { stdin, stdout } = process;
  return new Client({
    address,
    username,
    terminal: new TerminalOwner({ input: stdin, output: stdout, process }),
    scheme: schemeFor(env),
    config,
    ports: { edit: (text) => editText(text, env), writeFile: writeNewFile },
    now: nodeClock,
    timers: nodeTimers,
    connect,
  });
}
