// Two people with `helo chat`, a server, and files on disks, for tests of 7.11 by the real program.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startChat, type ChatOptions, type ChatProgram } from '../support/chat-program.ts';
import { startServerProgram, type Listener, type ServerProgram } from '../support/program.ts';
import { startV1Server } from '../support/servers/v1-server.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** One person: a program that can be started again, with the same data and the same downloads. */
export interface Someone {
  readonly name: string;
  readonly folder: string;
  /** The folder for received files. */
  readonly downloads: string;
  chat: ChatProgram;
  /** Starts the program again after it ended. */
  comeBack(options?: Partial<ChatOptions>): Promise<void>;
  /** The names of the files there, with hidden ones. */
  saved(): Promise<string[]>;
}

export interface Place {
  /** In the form for `--server`. */
  readonly address: string;
  /** Undefined if it is not ours. */
  readonly server: ServerProgram | undefined;
}

/** Every kind of server and transport that files go through. */
export const places: readonly (readonly [string, (t: TestContext) => Promise<Place>])[] = [
  ['our server', async (t) => plainPlace(await startServerProgram(t))],
  ['our server over TLS', tlsPlace],
  ['a server that knows only version 1', async (t) => v1Place(await startV1Server(t))],
];

export function plainPlace(server: ServerProgram): Place {
  const { host, port } = server.plain;
  return { address: `${host}:${port}`, server };
}

async function tlsPlace(t: TestContext): Promise<Place> {
  const server = await startServerProgram(t, {
    args: ['--tls-port', '0', '--guests', 'on', '--host', '127.0.0.1'],
  });
  return { address: `tls://127.0.0.1:${server.tls.port}`, server };
}

function v1Place({ host, port }: Listener): Place {
  return { address: `${host}:${port}`, server: undefined };
}

/** Lets somebody join. */
export async function enter(
  t: TestContext,
  name: string,
  place: Place,
  args: readonly string[] = [],
): Promise<Someone> {
  const folder = await temporaryFolder(t);
  const downloads = join(folder, name);
  const start = async (options: Partial<ChatOptions> = {}): Promise<ChatProgram> => {
    const chat = await startChat(t, {
      server: place.address,
      name,
      args: ['--data', join(folder, 'data'), '--downloads', folder, ...args],
      ...options,
    });
    chat.type('*all');
    await chat.shows('stdout', new RegExp(`^\\[.*\\b${name}\\b.*\\]$`, 'm'));
    return chat;
  };
  const someone: Someone = {
    name,
    folder,
    downloads,
    chat: await start(),
    async comeBack(options) {
      someone.chat = await start(options);
    },
    async saved() {
      const names: string[] = await readdir(downloads).catch(() => []);
      return names.sort();
    },
  };
  return someone;
}

/** Alice and bob, who have written to each other. */
export async function acquainted(
  t: TestContext,
  place: Place,
  args: readonly string[] = [],
): Promise<readonly [alice: Someone, bob: Someone]> {
  const [alice, bob] = await Promise.all([enter(t, 'alice', place), enter(t, 'bob', place, args)]);
  alice.chat.type('@bob hello');
  await bob.chat.prints('[alice] hello');
  bob.chat.type('@alice hello');
  await alice.chat.prints('[bob] hello');
  return [alice, bob];
}

/** Makes a file of random content. */
export async function makeFile(
  { folder }: Someone,
  name: string,
  size: number,
): Promise<{ readonly path: string; readonly content: Buffer }> {
  const path = join(folder, name);
  const content = randomBytes(size);
  await writeFile(path, content);
  return { path, content };
}

export async function assertSaved(who: Someone, name: string, content: Buffer): Promise<void> {
  const saved = await readFile(join(who.downloads, name));
  assert.ok(saved.equals(content), `${name} arrived whole`);
}
