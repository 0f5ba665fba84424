// All peers and scenarios: every file in their folders. Adding one is adding a file.

import { readdirSync } from 'node:fs';
import type { Flags } from './flags.ts';
import type { Peer } from './peer.ts';
import type { Scenario } from './scenario.ts';
import { err, ok, type Result } from '../src/lib/result.ts';

/** All peers, in their order. */
export function allPeers(): Promise<readonly Peer[]> {
  return all<Peer>('peers');
}

/** All scenarios, in their order. */
export function allScenarios(): Promise<readonly Scenario[]> {
  return all<Scenario>('scenarios');
}

/** Whether a scenario runs with these flags. `only` names those that should. */
export function isMeant({ long, apart }: Scenario, { short, only }: Flags): boolean {
  return only !== undefined || !(apart === true || (short && long === true));
}

/** Those of `items` that are named, or all if no names are given. An error lists the existing names. */
export function chosen<T extends { readonly name: string }>(
  items: readonly T[],
  names: readonly string[] | undefined,
  flag: string,
): Result<readonly T[], string> {
  if (names === undefined) return ok(items);
  const unknown = names.find((name) => !items.some((item) => item.name === name));
  if (unknown !== undefined || names.length === 0) {
    const known = items.map(({ name }) => name).join(', ');
    return err(`${flag}: there is no ${unknown ?? 'such name'}; there are ${known}`);
  }
  return ok(items.filter(({ name }) => names.includes(name)));
}

async function all<T extends { readonly order: number }>(folder: string): Promise<readonly T[]> {
  const at = new URL(`./${folder}/`, import.meta.url);
  const files = readdirSync(at).filter(
    (file) => file.endsWith('.js') && !file.endsWith('.test.js'),
  );
  const found = await Promise.all(
    files.map(async (file) => ((await import(new URL(file, at).href)) as { default: T }).default),
  );
  return found.sort((a, b) => a.order - b.order);
}
