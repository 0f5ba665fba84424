// Generations of the logs: a new one begins when the database may hold less than people have seen of it, because
// numbers could then be reused. Its number is drawn at random, so that it never existed before, not even in the lost
// time. It records how far the logs were when it began: up to there they are the same.

import { randomInt } from 'node:crypto';
import { maxGenerations } from '../../hub/messages/logs.ts';
import type { Database } from '../../sqlite/engine.ts';
import { Row } from '../../sqlite/rows.ts';
import { lastOfLog } from './load.ts';

/**
 * At most this many generations are remembered. A device that was last here before them starts again with what is
 * stored.
 */
const maxEnds = 8;

const put = `INSERT INTO counters VALUES (?, ?)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value`;

/** Marks a backup that is being restored: later data is lost. The next opening begins a generation. */
export function markRestored(database: Database): void {
  database.prepare(put).run('restored', 1);
}

export function isMarkedRestored(database: Database): boolean {
  return counter(database, 'restored') !== undefined;
}

/** Must be called in a transaction. */
export function beginGeneration(database: Database): void {
  const before = counter(database, 'generation') ?? 0;
  database
    .prepare(
      `INSERT OR REPLACE INTO log_ends SELECT ?1, log, ${lastOfLog},
         (SELECT coalesce(max(position), 0) + 1 FROM log_ends) FROM logs`,
    )
    .run(before);
  database
    .prepare(
      `DELETE FROM log_ends WHERE position <= (SELECT max(position) FROM log_ends) - ?1
         OR log NOT IN (SELECT log FROM logs)`,
    )
    .run(maxEnds);
  let next = before;
  while (next === before) next = randomInt(1, maxGenerations);
  database.prepare(put).run('generation', next);
  database.prepare("DELETE FROM counters WHERE name = 'restored'").run();
}

function counter(database: Database, name: string): number | undefined {
  const row = database.prepare('SELECT value FROM counters WHERE name = ?').get(name);
  return row === undefined ? undefined : new Row('counters', row).integer('value');
}
