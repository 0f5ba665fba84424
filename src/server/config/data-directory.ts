// The folder of everything that a server stores. Created at the first start, for its owner only. An existing folder
// keeps its permissions.
import { mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolderBy } from '../../lib/make-folder.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import { systemProblem, type SetupProblem } from './problem.ts';

/** Makes sure that the folder at `path` exists and can be written to. */
export async function openDataDirectory(path: string): Promise<Result<void, SetupProblem>> {
  try {
    await makeFolderBy({ mkdir, isFolder, parentOf: dirname }, path);
    // Permissions are not enough to know (a read-only disk, a full one, root): only writing shows it.
    await rmdir(await mkdtemp(join(path, '.probe-')));
    return ok(undefined);
  } catch (error) {
    const reason = systemCode(error) === 'EEXIST' ? 'it is not a folder' : systemReason(error);
    return err(
      systemProblem(
        `the data directory ${path} cannot be written: ${reason}`,
        'Name another one with --data DIR, or give this user the right to write there.',
      ),
    );
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Something else is there, or in the way: it is not a usable folder.
    return false;
  }
}
