// How the person who reads our output can start this same program again: installed, from a clone, or by path.
import { basename, relative } from 'node:path';
import type { Environment } from '../platform/node/home.ts';

/** `helo`, `npx helo`, or `node PATH`: the words before a command. */
export function invocation(script: string | undefined, env: Environment, folder: string): string {
  // `npm start` in a clone, and `npx helo`: npm finds the program of the package in the current folder.
  if (env['npm_command'] !== undefined) return 'npx helo';
  if (script === undefined || basename(script) === 'helo') return 'helo';
  const path = relative(folder, script);
  const shorter = path.length < script.length ? path : script;
  return `node ${/^[\w./-]+$/.test(shorter) ? shorter : `'${shorter.replaceAll("'", "'\\''")}'`}`;
}
