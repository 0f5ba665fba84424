// The person's configuration file, for the full screen. That there is none is no fault.
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemReason } from '../../lib/system-error.ts';
import { defaultConfig, readConfig, type Config } from '../../terminal/screen/config.ts';
import type { Environment } from '../flags/table.ts';
import { configHome } from '../xdg.ts';

/** `$XDG_CONFIG_HOME/helo/config.toml` */
export function configPath(env: Environment): string {
  return join(configHome(env), 'helo', 'config.toml');
}

/** What it says. What is wrong with it is in `faults`. */
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

/** Writes a new file that only the person can read: all of it, or nothing; never over one that is there. */
export async function writeNewFile(
  path: string,
  text: AsyncIterable<string>,
): Promise<Result<string, string>> {
  const whole = resolve(path);
  let isMade = false;
  try {
    const file = await open(whole, 'wx', 0o600);
    isMade = true;
    try {
      await writeFile(file, text);
    } finally {
      await file.close();
    }
    return ok(whole);
  } catch (error) {
    if (isMade) await rm(whole, { force: true });
    return err(`nothing was written to ${whole}: ${systemReason(error)}`);
  }
}
