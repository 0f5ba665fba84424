// Completions of the path of a file to send, from this machine's disk.

import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expandHome } from '../../platform/node/home.ts';
import { harmless } from '../../client/wording/sanitize.ts';

/** More than anybody reads. */
const maxCandidates = 200;

/** The files and folders that begin like `path`. Folders end with a slash, so that one can continue into them. */
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
    // The folder does not exist or cannot be read: no candidates.
    return [];
  }
}

/**
 * A typed path as a shell would read it, within limits, or as a terminal writes a file that was dragged into it: in
 * quotation marks, with backslashes, as a `file://` address. An existing path is used as it was typed.
 */
export function pathOf(typed: string): string {
  const readings = [typed, shellWord(typed), ofAddress(typed)]
    .filter((reading) => reading !== undefined)
    .map(expandHome);
  return readings.find((path) => existsSync(path)) ?? readings.at(-1) ?? typed;
}

const shellPart = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^'"\\]+)/gsy;

/** The word that a shell makes of it. Spaces outside of quotation marks stay. */
function shellWord(typed: string): string | undefined {
  let word = '';
  let end = 0;
  for (const [part, single, double, escaped, plain] of typed.matchAll(shellPart)) {
    end += part.length;
    word += single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '';
  }
  // A single quotation mark is part of a name.
  return end === typed.length ? word : undefined;
}

function ofAddress(typed: string): string | undefined {
  if (!typed.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(typed);
  } catch {
    // Not an address of a file on this machine: it stays as it was typed.
    return undefined;
  }
}
