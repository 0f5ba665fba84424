// Runs of the server on a database: each opening begins one, with a random number, and records how far every log is
// then. A restored copy of the file, whoever restores it and however, continues with other runs than the lost ones. So
// devices that were connected during those can be told (hub/runs.ts).

import { randomInt } from 'node:crypto';
import type { Database } from '../../sqlite/engine.ts';
import { lastOfLog } from './last-of-log.ts';
import { sealNew } from './tables/sealed-rows.ts';

/**
 * At most this many runs are remembered. A device that was last here before them compares the logs with its own data.
 */
const maxKeptRuns = 64;

/** The range of the random numbers: so large that no two are the same. */
const runNumbers = 2 ** 44;

/** Must be called in a transaction, before any message is stored. Returns the number of the run. */
export function beginRun(database: Database): number {
  const run = randomInt(1, runNumbers);
  const lastLog = "coalesce((SELECT value FROM counters WHERE name = 'log'), 0)";
  database.prepare(`INSERT INTO runs (run, last_log) VALUES (?, ${lastLog})`).run(run);
  // If a log has not grown, the earlier mark still holds.
  database.exec(
    `INSERT INTO log_marks (log, position, last)
       SELECT log, (SELECT max(position) FROM runs), last FROM (
         SELECT log, ${lastOfLog} AS last FROM logs) AS ended
       WHERE last > coalesce((SELECT marks.last FROM log_marks AS marks
         WHERE marks.log = ended.log ORDER BY marks.position DESC LIMIT 1), 0)`,
  );
  sealNew(database, 'runs');
  sealNew(database, 'log_marks');
  database
    .prepare('DELETE FROM runs WHERE position <= (SELECT max(position) FROM runs) - ?')
    .run(maxKeptRuns);
  database.exec(
    `DELETE FROM log_marks WHERE log NOT IN (SELECT log FROM logs)
       OR EXISTS (SELECT 1 FROM log_marks AS later WHERE later.log = log_marks.log
         AND later.position > log_marks.position
         AND later.position <= (SELECT min(position) FROM runs))`,
  );
  return run;
}
