// From the person's arguments, and what is remembered of the last time, to a chat and its outcome. At a terminal it
// asks for what is missing, and again for a name that the server refuses. In a pipe it never asks.
import { readdir } from 'node:fs/promises';
import { serverKeyOf } from '../../client/connection/server-address.ts';
import type { Outcome } from '../../client/wording/farewell.ts';
import { usageFailure, type Failure } from '../failure.ts';
import { isControlSocketName } from '../../platform/node/file-names.ts';
import type { Environment } from '../../platform/node/home.ts';
import type { Destination } from './first-start.ts';
import type { ChatOptions, ChatWish } from './options.ts';
import { readRemembered, rememberedPath, rememberVisit } from './remembered.ts';
import type { LoginPath } from './session.ts';
import { hasScreen, isInteractive } from './streams.ts';

/** Chats until the end. Rejects with a PrivateFileError if the data directory cannot be used. */
export async function enter(wish: ChatWish, env: Environment): Promise<Outcome | Failure> {
  const { options } = wish;
  if (isInteractive(process)) return enterFromTerminal(wish, env);
  if (options.name === undefined) return usageFailure('a name is needed', 'Say --name NAME.');
  return begin({ server: options.server, name: options.name }, options, env, undefined);
}

async function enterFromTerminal(
  { options, isServerTold }: ChatWish,
  env: Environment,
): Promise<Outcome | Failure> {
  const path = rememberedPath(options.data, env);
  const remembered = await readRemembered(path);
  const server = isServerTold ? options.server : remembered.server;
  const name = options.name ?? (server && remembered.names.get(serverKeyOf(server)));
  const arrivalAt = (to: Destination, isAsked: boolean): LoginPath => ({
    isAsked,
    // A guest's name is not remembered: another person may have it tomorrow.
    ...(!options.guest && { remember: () => rememberVisit(path, to.server, to.name) }),
  });
  if (server !== undefined && name !== undefined) {
    return begin({ server, name }, options, env, arrivalAt({ server, name }, false));
  }
  const { askOtherName, askWhere } = await import('./asking.ts');
  let destination = await askWhere({ server, name, names: remembered.names }, options.data);
  while (destination !== undefined) {
    const outcome = await begin(destination, options, env, arrivalAt(destination, true));
    if (!('kind' in outcome) || outcome.kind !== 'refused' || outcome.isAboutName !== true)
      return outcome;
    destination = await askOtherName(destination, outcome.message);
  }
  return { kind: 'interrupted' };
}

/** Loaded only where another program may have the account open: a returning person must see the first frame at once. */
async function besideOf(
  to: Destination,
  { data }: ChatOptions,
): Promise<string | Outcome | Failure | undefined> {
  const files = await readdir(data).catch(() => []);
  if (!files.some(isControlSocketName)) return undefined;
  const { dataBeside } = await import('./beside.ts');
  return dataBeside(to, data);
}

async function begin(
  { server, name }: Destination,
  options: ChatOptions,
  env: Environment,
  loginPath: LoginPath | undefined,
): Promise<Outcome | Failure> {
  // Only a person is asked.
  const beside =
    loginPath === undefined || options.guest
      ? undefined
      : await besideOf({ server, name }, options);
  if (typeof beside === 'object') return beside;
  const settled = { ...options, server, data: beside ?? options.data };
  // Loaded only here: the ciphers are most of the cost of a start, and `--help` needs none of them.
  const screen = hasScreen(process, env, options.plain || options.literal)
    ? await (await import('./full-screen.ts')).beginScreen(server, name, settled.data, env)
    : undefined;
  try {
    const { chat } = await import('./session.ts');
    return await chat(name, settled, env, screen, loginPath);
  } finally {
    screen?.terminal.end();
  }
}
