// `helo recover --from`: looks at the backup before anything is done at the server, and copies it into the data directory,
// where the chat takes it: the file may be on a stick.
import { isOpenedBy } from '../../client/vault/restore-run.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { systemReason } from '../../lib/system-error.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { readBackupFile } from '../../platform/node/backup-file.ts';
import { nodeSha256 } from '../../platform/node/crypto/crypto-provider-hash.ts';
import { copyGiven, type GivenCopy } from '../../platform/node/vault-file.ts';
import type { Username } from '../../wire/text.ts';
import type { Failure } from '../failure.ts';
import type { RecoverOptions } from './options.ts';
import { givenFailure } from './words.ts';

/** The copy of the file, if one was given. */
export async function takeGiven(
  { data, from }: Pick<RecoverOptions, 'data' | 'from'>,
  name: Username,
  { suite, secret }: { readonly suite: Suite; readonly secret: Uint8Array },
): Promise<Result<GivenCopy | undefined, Failure>> {
  if (from === undefined) return ok(undefined);
  const file = await readBackupFile(from);
  if (file === undefined) return err(givenFailure(from, 'there is no such file'));
  if (!('blobs' in file)) return err(givenFailure(from, file.fault));
  try {
    if (!(await isOpenedBy({ suite, sha256: nodeSha256 }, file.blobs, secret, name))) {
      return err(givenFailure(from, `it has no backup of ${name} that these words open`));
    }
    return ok(await copyGiven(data, from));
  } catch (error) {
    return err(givenFailure(from, systemReason(error)));
  } finally {
    await file.close();
  }
}
