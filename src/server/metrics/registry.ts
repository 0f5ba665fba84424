// The figures of a server as Prometheus metrics with names and help. Also those of the process and of the event loop,
// under the names that every Node program uses.

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Figures } from './figures.ts';

interface Description {
  readonly name: string;
  readonly help: string;
}

/** Every metric of our own, by its figure. docs/OPERATIONS.md lists them; a test compares the two. */
export const metricTable: Readonly<Record<keyof Figures, Description>> = {
  connections: { name: 'helo_connections', help: 'Open connections, logged in or not.' },
  connectionsTotal: { name: 'helo_connections_total', help: 'Connections that were let in.' },
  users: { name: 'helo_users', help: 'Users who are logged in.' },
  groups: { name: 'helo_groups', help: 'Groups that exist.' },
  fileTransfers: { name: 'helo_file_transfers', help: 'Files on their way.' },
  waitingAtDoor: {
    name: 'helo_connections_waiting',
    help: 'Connections that wait to be let in, since their address came too fast.',
  },
  turnedAwayTotal: {
    name: 'helo_connections_turned_away_total',
    help: 'Connections that were turned away because of their address.',
  },
  commandsTotal: { name: 'helo_commands_total', help: 'Commands received.' },
  refusedLinesTotal: {
    name: 'helo_refused_lines_total',
    help: 'Lines received that were no command, or not allowed.',
  },
  heldBack: {
    name: 'helo_held_back_connections',
    help: 'Connections that are not read at the moment, since they have said more than they may.',
  },
  heldBackTotal: {
    name: 'helo_holds_total',
    help: 'Times that a connection was not read for a while, since it had said more than it may.',
  },
  deliveriesTotal: { name: 'helo_deliveries_total', help: 'Lines handed to connections.' },
  writesTotal: {
    name: 'helo_writes_total',
    help: 'Writes to connections; deliveries by writes is how well lines are gathered.',
  },
  writtenBytesTotal: { name: 'helo_written_bytes_total', help: 'Bytes handed to connections.' },
  flushesTotal: {
    name: 'helo_flushes_total',
    help: 'Times that what had been gathered was written out.',
  },
  unsentBytes: {
    name: 'helo_unsent_bytes',
    help: 'What connections have yet to read, as it is counted against the caps.',
  },
  slowReaders: {
    name: 'helo_slow_readers',
    help: 'Connections with more unread than the soft mark.',
  },
  slowReadersClosedTotal: {
    name: 'helo_slow_readers_closed_total',
    help: 'Connections that were closed because they read too slowly.',
  },
  missedPongsTotal: {
    name: 'helo_missed_pongs_total',
    help: 'Connections that were closed because they did not answer a heartbeat.',
  },
  accounts: { name: 'helo_accounts', help: 'Accounts that exist.' },
  accountsOnline: { name: 'helo_accounts_online', help: 'Accounts that are logged in.' },
  commitsTotal: {
    name: 'helo_store_commits_total',
    help: 'Commits of the store, one a turn of the event loop in which something was to be kept.',
  },
  commitSecondsTotal: {
    name: 'helo_store_commit_seconds_total',
    help: 'How long commits took, all together; by their number it is what a message waits.',
  },
  failedCommitsTotal: {
    name: 'helo_store_failed_commits_total',
    help: 'Commits that failed.',
  },
  uncommittedBytes: {
    name: 'helo_store_uncommitted_bytes',
    help: 'Bytes that wait to be kept, or behind something that does.',
  },
  storeHeapBytes: {
    name: 'helo_store_heap_bytes',
    help: "What the heap of the store's thread held when it last answered.",
  },
  storeFailing: {
    name: 'helo_store_failing',
    help: '1 while nothing can be stored, else 0.',
  },
  damagedPlaces: {
    name: 'helo_store_damaged_places',
    help: 'Places in the database that were found to be damaged since the start.',
  },
};

/** The metrics without a figure. */
export const otherMetrics = {
  batch: { name: 'helo_batch_lines', help: 'Lines for audiences gathered into one flush.' },
  build: { name: 'helo_build_info', help: 'Always 1; the version stands in the labels.' },
} as const satisfies Readonly<Record<string, Description>>;

export interface Metrics {
  /** Counts one flush with this many audience lines. */
  readonly flushed: (lines: number) => void;
  /** All metrics as text, and the content type. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

/** The metrics of the server whose figures `read` returns. */
export function createMetrics(version: string, read: () => Figures): Metrics {
  const registry = new Registry();
  const registers = [registry];
  // Read once for all of them.
  let figures = read();
  for (const [key, description] of Object.entries(metricTable)) {
    const figure = key as keyof Figures;
    if (description.name.endsWith('_total')) {
      const counter: Counter = new Counter({
        ...description,
        registers,
        collect() {
          counter.reset();
          counter.inc(figures[figure]);
        },
      });
    } else {
      const gauge: Gauge = new Gauge({
        ...description,
        registers,
        collect: () => gauge.set(figures[figure]),
      });
    }
  }
  const buckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
  const batch = new Histogram({ ...otherMetrics.batch, registers, buckets });
  const build = new Gauge({ ...otherMetrics.build, registers, labelNames: ['version', 'node'] });
  build.set({ version, node: process.version }, 1);
  collectDefaultMetrics({ register: registry });
  return {
    flushed: (lines) => batch.observe(lines),
    text() {
      figures = read();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
