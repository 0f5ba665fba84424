// Generations of the logs: a new one begins when the database may hold less than people have seen of it, because
// numbers could then be reused. Its number is drawn at random, so that it never existed before, not even in the lost
// time. It records how far the logs were when it began: up to there they are the same.

import { randomInt } from 'node:crypto';
import { maxGenerations } from '../../hub/messages/logs.ts';
import type { Database } from '../../sqlite/engine.ts';
import { lastOfLog } from './last-of-log.ts';
import { counterIn, sealNew, SealedRows } from './tables/sealed-rows.ts';

/**
 * At most this many generations are remembered. A device that was last here before them starts again with what is
 * stored.
 */
const maxEnds = 8;

/** Marks a backup that is being restored: later data is lost. The next opening begins a generation. */
export function markRestored(database: Database): void {
  database.exec("INSERT OR REPLACE INTO counters (name, value) VALUES ('restored', 1)");
}

export function isMarkedRestored(database: Database): boolean {
  return counterIn(database, 'restored') !== undefined;
}

/** Must be called in a transaction. */
export function beginGeneration(database: Database): void {
  const before = counterIn(database, 'generation') ?? 0;
  database
    .prepare(
      `INSERT OR REPLACE INTO log_ends (generation, log, last, position) SELECT ?1, log, ${lastOfLog},
         (SELECT coalesce(max(position), 0) + 1 FROM log_ends) FROM logs`,
    )
    .run(before);
  sealNew(database, 'log_ends');
  database
    .prepare(
      `DELETE FROM log_ends WHERE position <= (SELECT max(position) FROM log_ends) - ?1
         OR log NOT IN (SELECT log FROM logs)`,
    )
    .run(maxEnds);
  // They may have been given out since. Last resorts serve until devices have left others.
  database.exec('DELETE FROM key_packages');
  let next = before;
  while (next === before) next = randomInt(1, maxGenerations);
  new SealedRows(database).put('counters', 'generation', next);
  database.prepare("DELETE FROM counters WHERE name = 'restored'").run();
}
