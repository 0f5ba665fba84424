// Writes a setting into the person's configuration file, as they would have written it: one value, the rest as it was.
// The file is read again each time, so that changes by other programs are kept.
import { chmod, lstat, readFile, realpath, stat } from 'node:fs/promises';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import { replacePrivateFile } from '../../platform/node/private-file.ts';
import type { Environment } from '../../platform/node/home.ts';
import { fromHome } from '../../platform/node/xdg.ts';
import { configPath } from './configuration.ts';
import { withTomlValue } from './toml-edit.ts';

/** Stores `[screen] name = "value"`. Returns the path, or why it failed and what to write by hand. */
export type KeepSetting = (name: string, value: string) => Promise<Result<string, string>>;

/** For the configuration file of `env`, one at a time. */
export function settingKeeper(env: Environment): KeepSetting {
  let last: Promise<unknown> = Promise.resolve();
  return (name, value) => {
    const kept = last.then(() => keep(configPath(env), name, value));
    last = kept;
    return kept;
  };
}

async function keep(path: string, name: string, value: string): Promise<Result<string, string>> {
  const advice = `Under [screen] in ${fromHome(path)} write: ${name} = "${value}"`;
  const refused = (reason: string): Result<never, string> => err(`${reason}. ${advice}`);
  try {
    const place = await placeOf(path);
    if (place === undefined) return refused(`${fromHome(path)} is a link that leads nowhere`);
    const before = await contentOf(place);
    const edited = withTomlValue(before ?? '', { section: 'screen', name, value });
    if (!edited.ok) return refused(edited.error);
    if (edited.value === before) return ok(fromHome(path));
    const mode = before === undefined ? undefined : (await stat(place)).mode & 0o777;
    if ((await contentOf(place)) !== before) return refused('it was changed at this moment');
    await replacePrivateFile(place, Buffer.from(edited.value));
    // A person's own file keeps its permissions.
    if (mode !== undefined) await chmod(place, mode);
    return ok(fromHome(path));
  } catch (error) {
    return refused(error instanceof PrivateFileError ? error.message : systemReason(error));
  }
}

/** The file behind `path`, which may be a link. Undefined if the link leads nowhere. */
async function placeOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  try {
    await lstat(path);
    return undefined;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return path;
  }
}

/** The file's text. Undefined if there is no file. Throws if it is not text. */
async function contentOf(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
