// Where the person chatted last: the server, and the name at each server. State and not settings: helo writes it when
// somebody comes in from a terminal, and only a terminal is asked it of, so that a script goes where it is told to go.
import { join } from 'node:path';
import * as v from 'valibot';
import {
  formatWholeAddress,
  parseServerAddress,
  serverKeyOf,
  type ServerAddress,
} from '../../client/server-address.ts';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import {
  PrivateFileError,
  readPrivateFile,
  replacePrivateFile,
} from '../../platform/node/private-file.ts';
import { parseUsername, type Username } from '../../wire/text.ts';
import type { Environment } from '../flags/table.ts';
import { stateHome, usualClientData } from '../xdg.ts';

/** Of more servers than these the names that were used longest ago are let go of. */
const maxServers = 100;
const maxFileBytes = 65_536;

const form = v.object({
  server: v.optional(v.string()),
  names: v.array(v.tuple([v.string(), v.string()])),
});

export interface Remembered {
  /** The last server as it was given, with its fingerprint. */
  readonly server: ServerAddress | undefined;
  /** Names by the keys of servers, the last used last. */
  readonly names: ReadonlyMap<string, Username>;
}

export const nothingRemembered: Remembered = { server: undefined, names: new Map() };

/**
 * The file: with the state of the person's programs, or with the keys where those have a place of their own, so that who
 * is two people has two memories.
 */
export function rememberedPath(data: string, env: Environment): string {
  return data === usualClientData(env)
    ? join(stateHome(env), 'helo', 'chat.json')
    : join(data, 'chat.json');
}

/** What the file holds. One that cannot be read, or that is no such file, holds nothing: the person is asked again. */
export async function readRemembered(path: string): Promise<Remembered> {
  try {
    const bytes = await readPrivateFile(path, maxFileBytes);
    return bytes === undefined ? nothingRemembered : parseRemembered(decodeUtf8(bytes) ?? '');
  } catch (error) {
    if (error instanceof PrivateFileError) return nothingRemembered;
    throw error;
  }
}

/** Reads the text of the file. */
export function parseRemembered(text: string): Remembered {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return nothingRemembered;
  }
  const parsed = v.safeParse(form, value);
  if (!parsed.success) return nothingRemembered;
  const server = parseServerAddress(parsed.output.server ?? '');
  const names = new Map<string, Username>();
  for (const [key, text] of parsed.output.names) {
    const name = parseUsername(text);
    if (name !== undefined) names.set(key, name);
  }
  return { server: server.ok ? server.value : undefined, names };
}

/** `remembered` after the person has come in to `server` as `name`. */
export function withVisit(
  { names }: Remembered,
  server: ServerAddress,
  name: Username,
): Remembered {
  const others = [...names].filter(([key]) => key !== serverKeyOf(server));
  const kept = others.slice(Math.max(0, others.length + 1 - maxServers));
  return { server, names: new Map([...kept, [serverKeyOf(server), name]]) };
}

/** The text of the file. */
export function formatRemembered({ server, names }: Remembered): string {
  const value: v.InferOutput<typeof form> = {
    ...(server !== undefined && { server: formatWholeAddress(server) }),
    names: [...names],
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Writes down that the person has come in. What cannot be written is asked for the next time: no reason to disturb. */
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
