// A file that the person asks for, such as the export of a conversation.
import { open, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemReason } from '../../lib/system-error.ts';

/** Writes a new file that only the person can read: all of it, or nothing. Never overwrites a file. */
export async function writeNewFile(
  path: string,
  text: AsyncIterable<string>,
): Promise<Result<string, string>> {
  const whole = resolve(path);
  let isMade = false;
  try {
    const file = await open(whole, 'wx', 0o600);
    isMade = true;
    try {
      await writeFile(file, text);
    } finally {
      await file.close();
    }
    return ok(whole);
  } catch (error) {
    if (isMade) await rm(whole, { force: true });
    return err(`nothing was written to ${whole}: ${systemReason(error)}`);
  }
}
