// Reads everything that the hub starts with. Rows are parsed: a name that no parser accepts means a damaged file, not a
// user.

import type { AccountId, LogId, Records } from '../../hub/records.ts';
import type { Database } from '../../sqlite/engine.ts';
import { problemOf } from '../../sqlite/engine.ts';
import { SqliteProblem } from '../../sqlite/problem.ts';
import { Row } from '../../sqlite/rows.ts';
import { parseConversation, type ConversationName } from '../../wire/extended/names.ts';
import { parseGroupName, parseUsername } from '../../wire/text.ts';

/** All records except `putBack`. Throws a SqliteProblem if a row is invalid. */
export function loadRecords(database: Database): Omit<Records, 'putBack'> {
  const rows = <T>(table: string, columns: string, order: string, decode: (row: Row) => T): T[] => {
    try {
      checkTable(database, table);
      return database
        .prepare(`SELECT ${columns} FROM ${table} ORDER BY ${order}`)
        .all()
        .map((row) => decode(new Row(table, row)));
    } catch (error) {
      if (error instanceof SqliteProblem || problemOf(error) !== 'damaged') throw error;
      throw new SqliteProblem('damaged', `the table ${table} cannot be read`, undefined, {
        cause: error,
      });
    }
  };

  const accounts = rows('accounts', '*', 'account', (row) => ({
    id: row.integer('account') as AccountId,
    name: row.parsed('name', parseUsername),
    device: row.optionalText('device'),
    createdAt: row.integer('created_at'),
    banned: row.integer('banned') !== 0,
  }));
  const groups = rows('chat_groups', '*', 'name', (row) => ({
    name: row.parsed('name', parseGroupName),
    admin: row.optionalInteger('admin') as AccountId | undefined,
    ...(row.integer('private') !== 0 && { private: true as const }),
  }));
  const members = rows('members', '*', 'position, chat_group, account', (row) => ({
    group: row.parsed('chat_group', parseGroupName),
    account: row.integer('account') as AccountId,
    since: row.integer('since'),
    order: row.integer('position'),
  }));
  const bans = rows('bans', '*', 'chat_group, folded', (row) => ({
    group: row.parsed('chat_group', parseGroupName),
    folded: row.text('folded'),
  }));
  const addressBans = rows('address_bans', '*', 'rowid', (row) => ({
    group: row.text('chat_group') === '' ? undefined : row.parsed('chat_group', parseGroupName),
    address: row.text('address'),
    because: row.text('because'),
    until: row.optionalInteger('until'),
  }));
  checkEnds(database);
  const logs = rows('logs', `log, name, first, ${lastOfLog} AS last`, 'log', (row) => ({
    log: row.integer('log') as LogId,
    name: row.parsed('name', conversationName),
    last: row.integer('last'),
    first: row.integer('first'),
  }));
  const cursors = rows('cursors', '*', 'log, account', (row) => ({
    log: row.integer('log') as LogId,
    account: row.integer('account') as AccountId,
    seq: row.integer('seq'),
  }));
  const streams = rows('streams', '*', 'rowid', (row) => ({
    account: row.integer('account') as AccountId,
    stream: row.text('stream'),
    last: row.integer('last'),
  }));
  const invited = rows('invited', '*', 'chat_group, account', (row) => ({
    group: row.parsed('chat_group', parseGroupName),
    account: row.integer('account') as AccountId,
  }));
  const blocks = rows('blocks', '*', 'account, name', (row) => ({
    account: row.integer('account') as AccountId,
    name: row.parsed('name', parseUsername),
  }));
  const invites = rows('invites', '*', 'hash', (row) => ({
    hash: row.text('hash'),
    expiresAt: row.integer('expires_at'),
    name: row.optionalText('name'),
  }));
  const quotas = rows('quotas', '*', 'account', (row) => ({
    // Guests have the number 0.
    account: (row.integer('account') || undefined) as AccountId | undefined,
    bytes: row.integer('bytes'),
    at: row.integer('at'),
  }));
  const ends = rows('log_ends', '*', 'position DESC, log', (row) => ({
    log: row.integer('log') as LogId,
    generation: row.integer('generation'),
    last: row.integer('last'),
  }));
  const runs = rows('runs', '*', 'position DESC', (row) => ({
    run: row.integer('run'),
    position: row.integer('position'),
    lastLog: row.integer('last_log'),
  }));
  const marks = rows('log_marks', '*', 'log, position DESC', (row) => ({
    log: row.integer('log') as LogId,
    position: row.integer('position'),
    last: row.integer('last'),
  }));
  const counters = new Map(
    rows('counters', '*', 'name', (row) => [row.text('name'), row.integer('value')] as const),
  );
  const age = counters.get('age');
  const wall = counters.get('wall');
  return {
    accounts,
    groups,
    members,
    bans,
    addressBans,
    logs,
    cursors,
    streams,
    invited,
    blocks,
    invites,
    quotas,
    lastAccount: counters.get('account') ?? 0,
    lastLog: counters.get('log') ?? 0,
    generation: counters.get('generation') ?? 0,
    ends,
    runs,
    marks,
    clock: age === undefined || wall === undefined ? undefined : { age, wall },
  };
}

/** Checks the pages and indexes of a small table against each other. Throws a SqliteProblem. */
function checkTable(database: Database, table: string): void {
  const row = new Row('quick_check', database.prepare(`PRAGMA quick_check('${table}')`).get());
  if (row.text('quick_check') !== 'ok') {
    throw new SqliteProblem('damaged', `the pages of the table ${table} do not fit together`);
  }
}

/** This many of the newest segments must also be found through their logs: otherwise numbers could be reused. */
const newestRows = 500;

function checkEnds(database: Database): void {
  const lost = database
    .prepare(
      `SELECT newest.log FROM (SELECT rowid, log, first, count FROM segments
         ORDER BY rowid DESC LIMIT ?) AS newest
       JOIN logs USING (log)
       WHERE newest.first + newest.count - 1 > ${lastOfLog} OR newest.first > ${lastOfLog} LIMIT 1`,
    )
    .get(newestRows);
  if (lost === undefined) return;
  throw new SqliteProblem('damaged', 'the last messages of a log are no longer found');
}

/**
 * The number of the last message of a row of `logs`. Appending does not update it there, which would be a second page
 * in every commit: the last segment has it, and it is written to the row before segments are deleted.
 */
export const lastOfLog = `max(logs.last, coalesce((
  SELECT segments.first + segments.count - 1 FROM segments
  WHERE segments.log = logs.log ORDER BY segments.first DESC LIMIT 1), 0))`;

function conversationName(text: string): ConversationName | undefined {
  return parseConversation(text) === undefined ? undefined : (text as ConversationName);
}
