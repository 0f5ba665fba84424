// The one file of an operator's command: what backup writes and restore reads.
import { resolve } from 'node:path';
import { err, ok, type Result } from '../../lib/result.ts';
import { quoted, usageFailure, type Failure } from '../failure.ts';

/** The absolute path of the one file in `rest`, the arguments without flags and their values. */
export function oneFile(
  rest: readonly string[],
  folder: string,
  command: 'backup' | 'restore',
): Result<string, Failure> {
  const [file = '', surplus] = rest;
  if (file !== '' && surplus === undefined) return ok(resolve(folder, file));
  const found = file === '' ? 'none is named' : `${quoted(surplus ?? '')} is one more`;
  return err(usageFailure(`${command} takes one file, and ${found}`, `Say helo ${command} FILE.`));
}
