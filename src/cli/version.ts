// The version of the running program, from its package.
import { existsSync, readFileSync } from 'node:fs';
import { invariant } from '../lib/invariant.ts';

/** Such as `0.1.0`. */
export function version(): string {
  // Compiled for use, the program is two folders below its package; compiled for tests, three.
  const file = ['../../package.json', '../../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));
  invariant(file, 'the program stands in its package');
  const { version: text } = JSON.parse(readFileSync(file, 'utf8'));
  return String(text);
}
