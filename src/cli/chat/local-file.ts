// A file of the person that is read, such as one to be imported.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemReason } from '../../lib/system-error.ts';

/** Its content, each time from its beginning; or why it cannot be read. */
export async function readLocalFile(
  path: string,
): Promise<Result<() => AsyncIterable<Uint8Array>, string>> {
  const whole = resolve(path);
  try {
    if (!(await stat(whole)).isFile()) return err(`${whole} is no file`);
    return ok(() => createReadStream(whole));
  } catch (error) {
    return err(`${whole} cannot be read: ${systemReason(error)}`);
  }
}
