// A thread for one backup: reads one state of the database through a connection of its own, so that commits do not
// wait for the copy.

import { workerData } from 'node:worker_threads';
import { copyDatabase } from '../../sqlite/copy.ts';
import { loadEngine } from '../../sqlite/engine.ts';
import { attach, type BackupOrder } from './backup.ts';

const { path, target, attachments } = workerData as BackupOrder;
const connect = await loadEngine();
const database = connect(path, { readOnly: true, timeout: 5_000 });
try {
  await copyDatabase(database, target, 'refuse', (copy) => attach(copy, attachments));
} finally {
  database.close();
}
