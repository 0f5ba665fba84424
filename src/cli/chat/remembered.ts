// The person's last server, and the name at each server. State, not settings: helo writes it after a login from a
// terminal, and uses it only at a terminal, so that a script connects only where it is told to.
import { join } from 'node:path';
import {
  formatWholeAddress,
  parseServerAddress,
  serverKeyOf,
  type ServerAddress,
} from '../../client/connection/server-address.ts';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import { readPrivateFile, replacePrivateFile } from '../../platform/node/private-file.ts';
import { parseUsername, type Username } from '../../wire/text.ts';
import type { Environment } from '../../platform/node/home.ts';
import { stateHome, usualClientData } from '../../platform/node/xdg.ts';

/** With more servers than this, the name that was used longest ago is forgotten. */
const maxServers = 100;
const maxFileBytes = 65_536;

export interface Remembered {
  /** The last server as it was typed, with its fingerprint. */
  readonly server: ServerAddress | undefined;
  /** Names by the keys of servers, the most recent last. */
  readonly names: ReadonlyMap<string, Username>;
}

export const nothingRemembered: Remembered = { server: undefined, names: new Map() };

/**
 * The path of the file. It is in the folder for program state, or beside the keys if those have their own folder, so
 * that a person with two identities has two files.
 */
export function rememberedPath(data: string, env: Environment): string {
  return data === usualClientData(env)
    ? join(stateHome(env), 'helo', 'chat.json')
    : join(data, 'chat.json');
}

/** Reads the file. A file that is unreadable or invalid counts as empty: the person is asked again. */
export async function readRemembered(path: string): Promise<Remembered> {
  try {
    const bytes = await readPrivateFile(path, maxFileBytes);
    return bytes === undefined ? nothingRemembered : parseRemembered(decodeUtf8(bytes) ?? '');
  } catch (error) {
    if (error instanceof PrivateFileError) return nothingRemembered;
    throw error;
  }
}

/**
 * Parses the text of the file. By hand, because it has two fields, and a schema library would take a tenth of the time
 * to the first frame.
 */
export function parseRemembered(text: string): Remembered {
  const { server, names } = fieldsOf(text);
  const address = typeof server === 'string' ? parseServerAddress(server) : undefined;
  const known = new Map<string, Username>();
  for (const pair of Array.isArray(names) ? names : []) {
    const [key, name]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    const username = typeof name === 'string' ? parseUsername(name) : undefined;
    if (typeof key === 'string' && username !== undefined) known.set(key, username);
  }
  return { server: address?.ok === true ? address.value : undefined, names: known };
}

function fieldsOf(text: string): { readonly server?: unknown; readonly names?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // This program did not write that: it counts as empty.
    return {};
  }
}

/** `remembered` after a login to `server` as `name`. */
export function withVisit(
  { names }: Remembered,
  server: ServerAddress,
  name: Username,
): Remembered {
  const others = [...names].filter(([key]) => key !== serverKeyOf(server));
  const kept = others.slice(Math.max(0, others.length + 1 - maxServers));
  return { server, names: new Map([...kept, [serverKeyOf(server), name]]) };
}

export function formatRemembered({ server, names }: Remembered): string {
  const value = {
    ...(server !== undefined && { server: formatWholeAddress(server) }),
    names: [...names],
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Stores a login. If that fails, the person is only asked again next time, so the failure is not reported. */
export async function rememberVisit(
  path: string,
  server: ServerAddress,
  name: Username,
): Promise<void> {
  const before = await readRemembered(path);
  const text = formatRemembered(withVisit(before, server, name));
  if (text === formatRemembered(before)) return;
  try {
    await replacePrivateFile(path, encodeUtf8(text));
  } catch (error) {
    if (!(error instanceof PrivateFileError)) throw error;
  }
}
