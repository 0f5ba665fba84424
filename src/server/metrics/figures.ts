// The figures of a running server: plain numbers, read on request. They contain no names and no texts.

/** Figures that end in `total` only grow. */
export interface Figures {
  readonly connections: number;
  readonly connectionsTotal: number;
  readonly users: number;
  readonly groups: number;
  readonly fileTransfers: number;
  readonly waitingAtDoor: number;
  readonly turnedAwayTotal: number;
  readonly commandsTotal: number;
  readonly refusedLinesTotal: number;
  readonly heldBack: number;
  readonly heldBackTotal: number;
  readonly deliveriesTotal: number;
  readonly writesTotal: number;
  readonly writtenBytesTotal: number;
  readonly flushesTotal: number;
  readonly unsentBytes: number;
  readonly slowReaders: number;
  readonly slowReadersClosedTotal: number;
  readonly missedPongsTotal: number;
  readonly accounts: number;
  readonly accountsOnline: number;
  readonly commitsTotal: number;
  readonly commitSecondsTotal: number;
  readonly failedCommitsTotal: number;
  readonly uncommittedBytes: number;
  readonly storeHeapBytes: number;
  /** 1 while nothing can be stored. */
  readonly storeFailing: number;
  /** Places in the database that are damaged. */
  readonly damagedPlaces: number;
}
