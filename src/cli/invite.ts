// The one-time code for creating an account: from a file or a variable, never from the arguments, which every user of
// the machine can see.
import { decodeUtf8 } from '../lib/bytes.ts';
import { PrivateFileError } from '../client/store/private-file-error.ts';
import { readPrivateFile } from '../platform/node/private-file.ts';
import type { Environment } from '../platform/node/home.ts';

const maxFileBytes = 256;

/** The code in the file or in HELO_INVITE. Rejects with a PrivateFileError if the file has no code. */
export async function readInvite(
  file: string | undefined,
  env: Environment,
): Promise<string | undefined> {
  if (file === undefined) return codeOf(env['HELO_INVITE'] ?? '');
  const bytes = await readPrivateFile(file, maxFileBytes);
  const code = codeOf(bytes === undefined ? '' : (decodeUtf8(bytes) ?? ''));
  if (code === undefined) throw new PrivateFileError(`${file} holds no invite code`);
  return code;
}

function codeOf(text: string): string | undefined {
  const code = text.trim();
  return /^[\w \p{Pd}]{1,128}$/u.test(code) ? code : undefined;
}
