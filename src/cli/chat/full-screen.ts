// The chat on a full screen. Only this file loads the code that draws it, so that pipes and line mode do not pay for
// it. It loads before the ciphers, so that the person sees it at once.
import type { ChatClient, ClientPorts } from '../../client/chat-client.ts';
import type { ClientEventSink } from '../../client/client-event.ts';
import { formatServerAddress, type ServerAddress } from '../../client/connection/server-address.ts';
import { nodeClock, nodeTimers } from '../../platform/node/runtime.ts';
import type { Config } from '../../terminal/screen/settings/config.ts';
import type { ScreenClient, ScreenClientSettings } from '../../terminal/screen/screen-client.ts';
import type { TerminalOwner } from '../../terminal/screen/terminal-owner.ts';
import type { SchemeName } from '../../terminal/screen/draw/theme.ts';
import type { Environment } from '../../platform/node/home.ts';
import { loadConfig } from './configuration.ts';
import { settingKeeper } from './keep-setting.ts';
import { textKeeper } from './keep-text.ts';
import { readLocalFile } from './local-file.ts';
import { writeNewFile } from './new-file.ts';
import { editText } from './own-editor.ts';

/** A terminal with a first frame on it. */
export interface BegunScreen {
  readonly address: ServerAddress;
  readonly username: string;
  readonly env: Environment;
  /** The folder of the person's own data. */
  readonly data: string;
  readonly terminal: TerminalOwner;
  readonly scheme: SchemeName;
  readonly config: Config;
}

/** Takes over the terminal. */
export async function beginScreen(
  address: ServerAddress,
  username: string,
  data: string,
  env: Environment,
): Promise<BegunScreen> {
  const [{ TerminalOwner: Owner }, { schemeFor }, { drawFirstFrame }, config] = await Promise.all([
    import('../../terminal/screen/terminal-owner.ts'),
    import('../../terminal/screen/draw/theme.ts'),
    import('../../terminal/screen/draw/first-frame.ts'),
    loadConfig(env),
  ]);
  const { stdin, stdout } = process;
  const terminal = new Owner({ input: stdin, output: stdout, process });
  const scheme = schemeFor(env);
  terminal.take();
  drawFirstFrame({
    terminal,
    scheme: config.preferences.theme === 'auto' ? scheme : config.preferences.theme,
    keys: config.keys,
    me: username,
    server: formatServerAddress(address),
    isTls: address.transport === 'tls',
  });
  return { address, username, env, data, terminal, scheme, config };
}

export async function openScreen(
  { env, data, ...begun }: BegunScreen,
  connect: (sink: ClientEventSink, ask: ClientPorts['askInvite']) => ChatClient,
  rest: Pick<ScreenClientSettings, 'newcomer' | 'drafts'>,
): Promise<ScreenClient> {
  const { ScreenClient: Client } = await import('../../terminal/screen/screen-client.ts');
  return new Client({
    ...begun,
    ...rest,
    ports: {
      edit: (text) => editText(text, env),
      writeFile: writeNewFile,
      readFile: readLocalFile,
      keepText: textKeeper(data),
      keepSetting: settingKeeper(env),
    },
    now: nodeClock,
    timers: nodeTimers,
    connect,
  });
}
