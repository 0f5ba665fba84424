// What the path of a file that is to be sent can become, from what is on this machine's disk.

import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { harmless } from '../sanitize.ts';

/** More than anybody reads. */
const maxCandidates = 200;

/** The files and folders that begin like `path`; folders with a slash, so that one can go on into them. */
export function completePath(path: string): readonly string[] {
  const slash = path.lastIndexOf('/') + 1;
  const [folder, beginning] = [path.slice(0, slash), path.slice(slash)];
  const isMeant = (name: string): boolean =>
    name.startsWith(beginning) &&
    (beginning.startsWith('.') || !name.startsWith('.')) &&
    // A name that could draw on the screen is not offered.
    harmless(name) === name;
  try {
    const entries = readdirSync(resolve(expandHome(folder)), { withFileTypes: true });
    return entries
      .filter(({ name }) => isMeant(name))
      .slice(0, maxCandidates)
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .sort();
  } catch {
    // There is no such folder, or not for us: nothing to offer.
    return [];
  }
}

/** `path` with the home folder in place of a leading `~`. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

/** A typed path as a shell would read it, as far as people are used to. */
export function pathOf(typed: string): string {
  const [, , quoted] = /^(["'])(.*)\1$/s.exec(typed) ?? [];
  return expandHome(quoted ?? typed);
}
