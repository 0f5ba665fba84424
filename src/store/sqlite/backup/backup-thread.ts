// A thread for one backup: reads one state of the database through its own connection, so that commits do not wait for
// the copy. Checks everything first: a copied damage would be found when it is too late.

import { workerData } from 'node:worker_threads';
import { copyDatabase, writeWhole } from '../../../sqlite/copy.ts';
import { loadEngine } from '../../../sqlite/engine.ts';
import { SqliteProblem } from '../../../sqlite/problem.ts';
import { attach, type BackupOrder } from './backup.ts';
import { checkDatabase, damageInWords } from '../check/check.ts';
import { salvage } from '../check/salvage.ts';

const { path, target, attachments, evenDamaged } = workerData as BackupOrder;
const connect = await loadEngine();
const database = connect(path, { readOnly: true, timeout: 5_000 });
try {
  const check = checkDatabase(database, false);
  const isWhole = check.damages.length === 0;
  if (!isWhole && !evenDamaged) {
    throw new SqliteProblem('damaged', `the database is damaged: ${damageInWords(check)}`);
  }
  const finish = (copy: string) => attach(copy, attachments);
  if (isWhole) await copyDatabase(database, target, 'refuse', finish);
  else await writeWhole(target, 'refuse', finish, (written) => salvage(database, written));
} finally {
  database.close();
}
