// The version of the program that is running, from the package that it stands in.
import { readFileSync } from 'node:fs';

/** Such as `0.1.0`. */
export function version(): string {
  const { version: text } = JSON.parse(readFileSync(packageFile(), 'utf8'));
  return String(text);
}

// Compiled for use the program is two folders below its package, compiled for tests three.
function packageFile(): URL {
  for (const up of ['../../package.json', '../../../package.json']) {
    const file = new URL(up, import.meta.url);
    try {
      readFileSync(file);
      return file;
    } catch {
      // Not there: the next one.
    }
  }
  throw new Error('helo is not in its package');
}
