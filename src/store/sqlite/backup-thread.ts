// A thread for one backup: reads one state of the database through a connection of its own, so that commits do not
// wait for the copy.

import { workerData } from 'node:worker_threads';
import { copyDatabase } from '../../sqlite/copy.ts';
import { loadEngine } from '../../sqlite/engine.ts';

const { path, target } = workerData as { readonly path: string; readonly target: string };
const connect = await loadEngine();
const database = connect(path, { readOnly: true, timeout: 5_000 });
try {
  await copyDatabase(database, target, 'refuse');
} finally {
  database.close();
}
