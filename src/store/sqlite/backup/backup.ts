// A backup is a copy of the database with a few small files in an extra table: one file to carry away, and nothing to
// forget. Only backups have the table: a database restored from one holds no keys.

import type { Attachment } from '../../../hub/store-port.ts';
import { copyDatabase } from '../../../sqlite/copy.ts';
import { asProblem, checkIntegrity, openToRead } from '../../../sqlite/database.ts';
import { loadEngine, type Database } from '../../../sqlite/engine.ts';
import { SqliteProblem } from '../../../sqlite/problem.ts';
import { Row } from '../../../sqlite/rows.ts';
import { markRestored } from '../generation.ts';
import { schema } from '../schema.ts';

/** The input of the thread that writes a backup. */
export interface BackupOrder {
  readonly path: string;
  readonly target: string;
  readonly attachments: readonly Attachment[];
  /** Whether to copy the intact part if something is damaged. */
  readonly evenDamaged: boolean;
}

/** Puts `attachments` into the copy at `path`, which nobody else has open. */
export async function attach(path: string, attachments: readonly Attachment[]): Promise<void> {
  await change(path, (database) => {
    database.exec('CREATE TABLE attachments (name TEXT PRIMARY KEY, bytes BLOB NOT NULL)');
    const put = database.prepare('INSERT INTO attachments VALUES (?, ?)');
    for (const { name, bytes } of attachments) put.run(name, bytes);
  });
}

/** A file that was found to be an intact backup, open for a restore. */
export interface Backup {
  /** The version of the schema. */
  readonly version: number;
  readonly attachments: readonly Attachment[];
  /** Writes the database, without the attachments, to a new file. */
  install(target: string): Promise<void>;
  close(): void;
}

/** Opens the backup at `path` after checking all of it. Rejects with a SqliteProblem that says what is wrong. */
export async function openBackup(path: string): Promise<Backup> {
  const { database, version } = await openToRead(path, schema);
  try {
    checkIntegrity(database, path, schema);
    return {
      version,
      attachments: attachmentsOf(database, path),
      install: async (target) => {
        try {
          await copyDatabase(database, target, 'refuse', (copy) =>
            change(copy, (written) => {
              written.exec('DROP TABLE attachments');
              markRestored(written);
            }),
          );
        } catch (error) {
          throw asProblem(error, target, schema);
        }
      },
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function attachmentsOf(database: Database, path: string): readonly Attachment[] {
  const table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'attachments'";
  if (database.prepare(table).get() === undefined) {
    throw new SqliteProblem(
      'foreign',
      `${path} is a server's database, but no backup`,
      'A backup is made by helo backup FILE.',
    );
  }
  return database
    .prepare('SELECT name, bytes FROM attachments ORDER BY name')
    .all()
    .map((values) => {
      const row = new Row('attachments', values);
      return { name: row.text('name'), bytes: row.bytes('bytes') };
    });
}

async function change(path: string, work: (database: Database) => void): Promise<void> {
  const database = (await loadEngine())(path, { timeout: 0 });
  try {
    // One file without side files, and nothing left of deleted data.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA secure_delete = ON');
    work(database);
  } finally {
    database.close();
  }
}
