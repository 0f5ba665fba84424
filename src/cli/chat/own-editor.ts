// The person's own editor for a text: $VISUAL, $EDITOR, or vi. The text is in a file that only they can read, deleted
// afterwards.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemReason } from '../../lib/system-error.ts';
import type { Environment } from '../../platform/node/home.ts';

const maxEditedBytes = 1_000_000;

/** The text after the person edited `text`, or why that failed. */
export async function editText(text: string, env: Environment): Promise<Result<string, string>> {
  const editor = env['VISUAL'] || env['EDITOR'] || 'vi';
  try {
    const folder = await mkdtemp(join(tmpdir(), 'helo-text-'));
    try {
      const file = join(folder, 'message.txt');
      await writeFile(file, text, { mode: 0o600 });
      const code = await runEditor(editor, file);
      if (code !== 0) return err(`${editor} ended with ${code}; the text is as it was`);
      const edited = await readFile(file, 'utf8');
      return edited.length > maxEditedBytes ? err('that is too long for messages') : ok(edited);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    return err(`the text cannot be given to ${editor}: ${systemReason(error)}`);
  }
}

/**
 * Through the shell, because the variable may contain arguments. The file is a separate argument, never part of the
 * command text.
 */
function runEditor(editor: string, file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
