// The copy of a server's directory, in the data directory: `directories/<server>/`, one file for each account. Another
// account may have logged in at another time, when the server was another.
import { join } from 'node:path';
import {
  maxDirectoryBytes,
  type DirectoryStore,
} from '../../client/account/directory/stored-directory.ts';
import { serverFileName, userFileName } from './file-names.ts';
import { readPrivateFile, replacePrivateFile } from './private-file.ts';

export function openDirectoryFile(
  directory: string,
  serverKey: string,
  user: string,
): DirectoryStore {
  const folder = join(directory, 'directories', serverFileName(serverKey));
  const path = join(folder, userFileName(user));
  return {
    load: () => readPrivateFile(path, maxDirectoryBytes),
    save: (bytes) => replacePrivateFile(path, bytes),
  };
}
