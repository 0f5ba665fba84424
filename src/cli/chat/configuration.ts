// The person's configuration file, for the full screen. It may be absent.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { systemReason } from '../../lib/system-error.ts';
import { defaultConfig, readConfig, type Config } from '../../terminal/screen/settings/config.ts';
import type { Environment } from '../../platform/node/home.ts';
import { configHome } from '../../platform/node/xdg.ts';

/** `$XDG_CONFIG_HOME/helo/config.toml` */
export function configPath(env: Environment): string {
  return join(configHome(env), 'helo', 'config.toml');
}

/** The content of the file. Its mistakes are in `faults`. */
export async function loadConfig(env: Environment): Promise<Config> {
  const path = configPath(env);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return defaultConfig;
    return { ...defaultConfig, faults: [`${path}: ${systemReason(error)}`] };
  }
  try {
    return readConfig(parse(text));
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split('\n') : ['it is no TOML'];
    return { ...defaultConfig, faults: [`${path}: ${reason}`] };
  }
}
