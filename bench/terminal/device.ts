// A device that has stored a million messages (stored-history.ts), written by the client's own store: bob's.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseServerAddress, serverKeyOf } from '../../src/client/connection/server-address.ts';
import { invariant } from '../../src/lib/invariant.ts';
import { clientStorePath, openClientStore } from '../../src/platform/node/client-store/open.ts';
import { writeHistory } from '../stored-history.ts';
import { dataHome, type Server } from './program.ts';

export const group = 'archive';
const rareEvery = 100_000;

export interface Filled {
  readonly count: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Writes `count` messages where bob's program looks for them. */
export async function fillDevice({ port }: Server, home: string, count: number): Promise<Filled> {
  const address = parseServerAddress(`127.0.0.1:${port}`);
  invariant(address.ok, 'an address of numbers');
  const data = join(dataHome(home), 'helo', 'client');
  const key = serverKeyOf(address.value);
  const opened = await openClientStore(data, key, 'bob');
  invariant(opened.kind === 'open', 'nobody else has it');
  const began = performance.now();
  await writeHistory(opened.store, { group, count, rareEvery });
  const seconds = (performance.now() - began) / 1000;
  await opened.store.close();
  const { size } = await stat(clientStorePath(data, key, 'bob'));
  return { count, bytes: size, seconds };
}
