// The tables of the server's database. A released migration is never changed; new ones are appended.
//
// Segments have a rowid and a separate index: with segments of 20 KB that allows 1.3 to 1.7 times as many a second as
// a table that is its own index, and no fewer with small ones (measured, one and sixteen a commit).

import type { DatabaseSchema } from '../../sqlite/database.ts';

export const schema: DatabaseSchema = {
  applicationId: 0x68656c6f,
  title: "a server's database",
  migrations: [
    `
    -- The highest numbers that were given out: 'account', 'log'.
    CREATE TABLE counters (
      name TEXT PRIMARY KEY,
      value INTEGER NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE accounts (
      account INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      device TEXT,
      created_at INTEGER NOT NULL,
      banned INTEGER NOT NULL
    );

    CREATE TABLE chat_groups (
      name TEXT PRIMARY KEY,
      admin INTEGER
    ) WITHOUT ROWID;

    CREATE TABLE members (
      chat_group TEXT NOT NULL,
      account INTEGER NOT NULL,
      since INTEGER NOT NULL,
      position INTEGER NOT NULL,
      PRIMARY KEY (chat_group, account)
    ) WITHOUT ROWID;

    CREATE TABLE bans (
      chat_group TEXT NOT NULL,
      folded TEXT NOT NULL,
      PRIMARY KEY (chat_group, folded)
    ) WITHOUT ROWID;

    CREATE TABLE logs (
      log INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      -- At least this; segments may reach further.
      last INTEGER NOT NULL,
      first INTEGER NOT NULL
    );

    -- Logs that are gone, whose segments are still to be taken out.
    CREATE TABLE removed_logs (
      log INTEGER PRIMARY KEY
    );

    CREATE TABLE segments (
      log INTEGER NOT NULL,
      first INTEGER NOT NULL,
      count INTEGER NOT NULL,
      said_at INTEGER NOT NULL,
      bytes BLOB NOT NULL,
      UNIQUE (log, first)
    );

    CREATE TABLE cursors (
      log INTEGER NOT NULL,
      account INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      PRIMARY KEY (log, account)
    ) WITHOUT ROWID;

    -- A row that is put anew goes to the end: in the order of their last use.
    CREATE TABLE streams (
      account INTEGER NOT NULL,
      stream TEXT NOT NULL,
      last INTEGER NOT NULL,
      UNIQUE (account, stream)
    );

    CREATE TABLE invites (
      hash TEXT PRIMARY KEY,
      expires_at INTEGER NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE key_packages (
      id INTEGER PRIMARY KEY,
      account INTEGER NOT NULL,
      package TEXT NOT NULL
    );
    CREATE INDEX key_packages_of ON key_packages (account, id);

    CREATE TABLE last_resorts (
      account INTEGER PRIMARY KEY,
      package TEXT NOT NULL
    );
    `,
    // Three more counters: 'commit' grows with each commit (commit-note.ts); 'generation' and 'restored' are in
    // generation.ts.
    `
    CREATE TABLE log_ends (
      generation INTEGER NOT NULL,
      log INTEGER NOT NULL,
      last INTEGER NOT NULL,
      -- Grows with each generation.
      position INTEGER NOT NULL,
      PRIMARY KEY (log, generation)
    ) WITHOUT ROWID;
    `,
    // From now on said_at is by the server's age clock, which begins at the wall clock's time. Messages from when the
    // wall clock was evidently wrong (before 2025) count as new as the newest.
    `
    UPDATE segments SET said_at = (SELECT max(said_at) FROM segments) WHERE said_at < 1735689600000;
    INSERT INTO counters
      SELECT 'age', iif(now < 1735689600000, said_at, min(said_at, now)) FROM (
        SELECT said_at, 1000 * CAST(strftime('%s', 'now') AS INTEGER) AS now
        FROM segments ORDER BY rowid DESC LIMIT 1);
    INSERT INTO counters SELECT 'wall', said_at FROM segments ORDER BY rowid DESC LIMIT 1;
    `,
    // Codes for one account by name.
    `
    ALTER TABLE invites ADD COLUMN name TEXT;
    `,
    // Names whose private messages an account refuses, in any case.
    `
    CREATE TABLE blocks (
      account INTEGER NOT NULL,
      name TEXT NOT NULL COLLATE NOCASE,
      PRIMARY KEY (account, name)
    ) WITHOUT ROWID;
    `,
    // Groups by invitation, and who may enter them.
    `
    ALTER TABLE chat_groups ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE invited (
      chat_group TEXT NOT NULL,
      account INTEGER NOT NULL,
      PRIMARY KEY (chat_group, account)
    ) WITHOUT ROWID;
    `,
    // Segments are sealed (seal.ts). Existing ones get their checksums in small parts.
    `
    ALTER TABLE segments ADD COLUMN prior INTEGER;
    ALTER TABLE segments ADD COLUMN total INTEGER;
    ALTER TABLE segments ADD COLUMN checksum INTEGER;
    UPDATE segments SET prior = sealed.prior, total = sealed.total FROM (
      SELECT rowid AS number,
        lag(first + count - 1, 1, 0) OVER (PARTITION BY log ORDER BY first) AS prior,
        sum(length(bytes)) OVER (PARTITION BY log ORDER BY first) AS total
      FROM segments) AS sealed WHERE segments.rowid = sealed.number;
    CREATE INDEX segments_unsealed ON segments (log) WHERE checksum IS NULL;
    `,
    // How much writers used of their quotas. Account 0 is all guests.
    `
    CREATE TABLE quotas (
      account INTEGER PRIMARY KEY,
      bytes INTEGER NOT NULL,
      at INTEGER NOT NULL
    );
    `,
    // Addresses of people who were removed from a group or, with the name '', from the server. A row that is inserted
    // again moves to the end, so that rows are in the order of their creation.
    `
    CREATE TABLE address_bans (
      chat_group TEXT NOT NULL,
      address TEXT NOT NULL,
      because TEXT NOT NULL,
      until INTEGER,
      UNIQUE (chat_group, address, because)
    );
    `,
    // Runs of the server on this file, and how far its logs were when they began (runs.ts).
    `
    CREATE TABLE runs (
      position INTEGER PRIMARY KEY,
      run INTEGER NOT NULL,
      last_log INTEGER NOT NULL
    );
    CREATE TABLE log_marks (
      log INTEGER NOT NULL,
      position INTEGER NOT NULL,
      last INTEGER NOT NULL,
      PRIMARY KEY (log, position)
    ) WITHOUT ROWID;
    `,
    // Rows have checksums (sealed-rows.ts), which the next opening computes. An account has a second one, of its number
    // and name.
    `
    ALTER TABLE accounts ADD COLUMN name_checksum INTEGER;
    ALTER TABLE accounts ADD COLUMN checksum INTEGER;
    ALTER TABLE chat_groups ADD COLUMN checksum INTEGER;
    ALTER TABLE members ADD COLUMN checksum INTEGER;
    ALTER TABLE bans ADD COLUMN checksum INTEGER;
    ALTER TABLE address_bans ADD COLUMN checksum INTEGER;
    ALTER TABLE logs ADD COLUMN checksum INTEGER;
    ALTER TABLE cursors ADD COLUMN checksum INTEGER;
    ALTER TABLE streams ADD COLUMN checksum INTEGER;
    ALTER TABLE invited ADD COLUMN checksum INTEGER;
    ALTER TABLE blocks ADD COLUMN checksum INTEGER;
    ALTER TABLE invites ADD COLUMN checksum INTEGER;
    ALTER TABLE quotas ADD COLUMN checksum INTEGER;
    ALTER TABLE counters ADD COLUMN checksum INTEGER;
    ALTER TABLE log_ends ADD COLUMN checksum INTEGER;
    ALTER TABLE runs ADD COLUMN checksum INTEGER;
    ALTER TABLE log_marks ADD COLUMN checksum INTEGER;
    ALTER TABLE key_packages ADD COLUMN checksum INTEGER;
    ALTER TABLE last_resorts ADD COLUMN checksum INTEGER;
    INSERT INTO counters (name, value) VALUES ('unsealed', 1);
    `,
    // Sealed groups, by their logs (group-tables.ts).
    `
    CREATE TABLE sealed_groups (
      log INTEGER PRIMARY KEY,
      state TEXT NOT NULL,
      checksum INTEGER
    );
    CREATE TABLE sealed_leaves (
      log INTEGER PRIMARY KEY,
      leaves TEXT NOT NULL,
      checksum INTEGER
    );
    CREATE TABLE rosters (
      log INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      place INTEGER NOT NULL,
      item TEXT NOT NULL,
      checksum INTEGER,
      PRIMARY KEY (log, seq, place)
    ) WITHOUT ROWID;
    CREATE TABLE group_lines (
      log INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      said_at INTEGER NOT NULL,
      line TEXT NOT NULL,
      checksum INTEGER,
      UNIQUE (log, seq)
    );
    CREATE INDEX group_lines_by_age ON group_lines (said_at);
    CREATE TABLE group_infos (
      log INTEGER NOT NULL,
      n INTEGER NOT NULL,
      at INTEGER NOT NULL,
      writer TEXT NOT NULL,
      info TEXT NOT NULL,
      checksum INTEGER,
      UNIQUE (log, n)
    );
    CREATE TABLE tree_parts (
      log INTEGER NOT NULL,
      tree INTEGER NOT NULL,
      n INTEGER NOT NULL,
      bytes TEXT NOT NULL,
      checksum INTEGER,
      UNIQUE (log, tree, n)
    );
    `,
    // What clients can do that logged in last, and the chains of accounts.
    `
    CREATE TABLE abilities (
      account INTEGER PRIMARY KEY,
      sealed INTEGER NOT NULL,
      checksum INTEGER
    );
    CREATE TABLE account_links (
      account INTEGER NOT NULL,
      n INTEGER NOT NULL,
      hash TEXT NOT NULL,
      link TEXT NOT NULL,
      checksum INTEGER,
      PRIMARY KEY (account, n)
    ) WITHOUT ROWID;
    `,
    // Files that are kept for somebody; their bytes are beside this file (kept-file-rows.ts).
    `
    CREATE TABLE kept_files (
      id TEXT PRIMARY KEY,
      account INTEGER NOT NULL,
      state TEXT NOT NULL,
      checksum INTEGER
    ) WITHOUT ROWID;
    `,
    // The devices of accounts: until now each had one, and what it had was the account's. When they were seen last is not
    // known, so all count as seen now. The column accounts.device is that of the first one.
    `
    CREATE TABLE devices (
      account INTEGER NOT NULL,
      device TEXT NOT NULL,
      added_at INTEGER NOT NULL,
      seen_at INTEGER NOT NULL,
      can TEXT NOT NULL,
      checksum INTEGER,
      PRIMARY KEY (account, device)
    ) WITHOUT ROWID;
    INSERT INTO devices
      SELECT account, device, created_at, 1000 * CAST(strftime('%s', 'now') AS INTEGER),
        iif(sealed, 'sealed', ''), NULL
      FROM accounts LEFT JOIN abilities USING (account) WHERE device IS NOT NULL;
    DROP TABLE abilities;

    CREATE TABLE cursors_of_devices (
      log INTEGER NOT NULL,
      account INTEGER NOT NULL,
      -- Empty: of devices that are no more, together.
      device TEXT NOT NULL,
      seq INTEGER NOT NULL,
      checksum INTEGER,
      PRIMARY KEY (log, account, device)
    ) WITHOUT ROWID;
    INSERT INTO cursors_of_devices
      SELECT log, account, coalesce(device, ''), seq, NULL
      FROM cursors LEFT JOIN accounts USING (account);
    DROP TABLE cursors;
    ALTER TABLE cursors_of_devices RENAME TO cursors;

    CREATE TABLE packages_of_devices (
      id INTEGER PRIMARY KEY,
      account INTEGER NOT NULL,
      device TEXT NOT NULL,
      package TEXT NOT NULL,
      checksum INTEGER
    );
    INSERT INTO packages_of_devices
      SELECT id, account, device, package, NULL
      FROM key_packages JOIN accounts USING (account) WHERE device IS NOT NULL;
    DROP TABLE key_packages;
    ALTER TABLE packages_of_devices RENAME TO key_packages;
    CREATE INDEX key_packages_of ON key_packages (account, device, id);

    CREATE TABLE last_resorts_of_devices (
      account INTEGER NOT NULL,
      device TEXT NOT NULL,
      package TEXT NOT NULL,
      checksum INTEGER,
      PRIMARY KEY (account, device)
    );
    INSERT INTO last_resorts_of_devices
      SELECT account, device, package, NULL
      FROM last_resorts JOIN accounts USING (account) WHERE device IS NOT NULL;
    DROP TABLE last_resorts;
    ALTER TABLE last_resorts_of_devices RENAME TO last_resorts;
    INSERT OR IGNORE INTO counters (name, value) VALUES ('unsealed', 1);
    `,
    // What was said about devices, in order: of the links that are there already their own order is known, and no more.
    `
    CREATE TABLE directory (
      n INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      what TEXT NOT NULL,
      checksum INTEGER
    );
    INSERT INTO directory
      SELECT row_number() OVER (ORDER BY account, n) - 1, name, hash, NULL
      FROM account_links JOIN accounts USING (account);
    INSERT OR IGNORE INTO counters (name, value) VALUES ('unsealed', 1);
    `,
    // The last start of each device's program.
    `
    CREATE TABLE device_starts (
      account INTEGER NOT NULL,
      device TEXT NOT NULL,
      start TEXT NOT NULL,
      checksum INTEGER,
      PRIMARY KEY (account, device)
    ) WITHOUT ROWID;
    `,
    // Messages that are to be erased when the age clock says so.
    `
    CREATE TABLE expiring (
      log INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      ends INTEGER NOT NULL,
      checksum INTEGER,
      PRIMARY KEY (log, seq)
    ) WITHOUT ROWID;
    CREATE INDEX expiring_by_end ON expiring (ends);
    `,
    // Topic, roles, bans and the like of open groups.
    `
    CREATE TABLE group_rules (
      chat_group TEXT PRIMARY KEY,
      rules TEXT NOT NULL,
      checksum INTEGER
    ) WITHOUT ROWID;
    `,
  ],
};
