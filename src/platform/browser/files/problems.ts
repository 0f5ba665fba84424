// What the browser's errors about files mean, for a transfer and for people.
import type { DiskProblem } from '../../../client/files/ports.ts';
import type { SourceProblem } from '../../../client/files/source.ts';

/** The browser has no place for files of this page. */
export const noPlace: DiskProblem = {
  code: 'unwritable',
  detail: 'this browser has no place for files here (private windows often have none)',
};

/** What an error of reading a file that the person has chosen means. */
export function sourceProblem(error: unknown): SourceProblem {
  const name = nameOf(error);
  if (name === 'NotFoundError') return { code: 'missing' };
  // The only reason that browsers give when it was written to since it was chosen.
  if (name === 'NotReadableError') return { code: 'changed' };
  return { code: 'unreadable', detail: `the browser reports ${name}` };
}

/** What an error of writing to the browser's own place means. */
export function diskProblem(error: unknown): DiskProblem {
  const name = nameOf(error);
  if (name === 'QuotaExceededError') return { code: 'no-space' };
  if (name === 'SecurityError') return noPlace;
  if (name === 'NoModificationAllowedError') {
    return { code: 'unwritable', detail: 'another tab of this browser is receiving it' };
  }
  return { code: 'unwritable', detail: `the browser reports ${name}` };
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : String(error);
}
