// What a device remembers of its backup: one file for each account at a server, for its owner only. Knows nothing of its
// content (client/vault/vault-state.ts).
import { join } from 'node:path';
import type { VaultFile } from '../../client/vault/vault-state.ts';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { serverFileName, userFileName } from './file-names.ts';
import { readPrivateFile, replacePrivateFile } from './private-file.ts';

/** A thousand blobs and their blocks take a hundredth of it. */
const maxFileBytes = 64 * 1024 * 1024;

/** That of `user` at `server` (the key of the server). */
export function openVaultFile(directory: string, server: string, user: string): VaultFile {
  const path = join(directory, 'backup', serverFileName(server), userFileName(user));
  return {
    load: async () => {
      const bytes = await readPrivateFile(path, maxFileBytes);
      return bytes && decodeUtf8(bytes);
    },
    keep: (text) => replacePrivateFile(path, encodeUtf8(text)),
  };
}
