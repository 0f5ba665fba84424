// A thread for one check of the database, so that neither the chat nor commits wait for it.

import { parentPort, workerData } from 'node:worker_threads';
import { openToRead } from '../../../sqlite/database.ts';
import { checkDatabase } from './check.ts';
import { schema } from '../schema.ts';

const { path, isQuick } = workerData as { readonly path: string; readonly isQuick: boolean };
const { database } = await openToRead(path, schema);
try {
  parentPort?.postMessage(checkDatabase(database, isQuick));
} finally {
  database.close();
}
