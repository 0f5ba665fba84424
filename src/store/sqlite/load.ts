// Reads everything that the hub starts with. Rows are parsed, and their checksums verified. This file decides which
// damaged rows are left out, and which end the start: without the name of an account, a group, a log or a counter, names
// and numbers could be given to somebody else.

import type { AccountId, LogId, Records, RosterOfLog } from '../../hub/records.ts';
import type { StoreDamage } from '../../hub/store-port.ts';
import type { Database } from '../../sqlite/engine.ts';
import { problemOf } from '../../sqlite/engine.ts';
import { SqliteProblem } from '../../sqlite/problem.ts';
import { Row } from '../../sqlite/rows.ts';
import { canOf } from './tables/can-words.ts';
import { asGroupRules, asLeaves, asRosterItem, asSealedGroup } from './tables/group-rows.ts';
import { asKeptFile } from './tables/kept-file-rows.ts';
import { directorySize } from './tables/directory-rows.ts';
import { lastOfLog } from './last-of-log.ts';
import {
  isNamed,
  isWhole,
  locked,
  rowInWords,
  type SealedTable,
  type RowValues,
} from './tables/sealed-rows.ts';
import type { RosterItem } from '../../wire/extended/events.ts';
import {
  parseAnyGroupName,
  parseConversation,
  type ConversationName,
} from '../../wire/extended/names.ts';
import { parseKeptFileId } from '../../wire/kept-files.ts';
import { parseUsername } from '../../wire/text.ts';

/** A server does not start if one of their rows is damaged. */
const needed: ReadonlySet<SealedTable> = new Set([
  'chat_groups',
  'logs',
  'counters',
  // What is said there would be taken as said in the open.
  'sealed_groups',
]);

/**
 * All records except `putBack`. Damaged rows are reported to `found` and left out; a damaged account is locked. Throws a
 * SqliteProblem if a damaged row is needed, or if a row is invalid.
 */
export function loadRecords(
  database: Database,
  found: (damage: StoreDamage) => void = () => {},
): Omit<Records, 'putBack'> {
  const rows = <T>(
    table: SealedTable,
    columns: string,
    order: string,
    decode: (row: Row) => T,
  ): T[] => {
    try {
      checkTable(database, table);
      return database
        .prepare(`SELECT ${columns} FROM ${table} ORDER BY ${order}`)
        .all()
        .flatMap((values) => usable(table, values as RowValues, found))
        .map((values) => decode(new Row(table, values)));
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
  const devices = rows('devices', '*', 'account, device', (row) => ({
    account: row.integer('account') as AccountId,
    device: row.text('device'),
    addedAt: row.integer('added_at'),
    seenAt: row.integer('seen_at'),
    can: canOf(row.text('can')),
  }));
  const starts = rows('device_starts', '*', 'account, device', (row) => ({
    account: row.integer('account') as AccountId,
    device: row.text('device'),
    start: row.text('start'),
  }));
  const links = rows('account_links', '*', 'account, n', (row) => ({
    account: row.integer('account') as AccountId,
    n: row.integer('n'),
    hash: row.text('hash'),
    link: row.text('link'),
  }));
  const directory = directorySize(database);
  const groups = rows('chat_groups', '*', 'name', (row) => ({
    name: row.parsed('name', parseAnyGroupName),
    admin: row.optionalInteger('admin') as AccountId | undefined,
    ...(row.integer('private') !== 0 && { private: true as const }),
  }));
  const members = rows('members', '*', 'position, chat_group, account', (row) => ({
    group: row.parsed('chat_group', parseAnyGroupName),
    account: row.integer('account') as AccountId,
    since: row.integer('since'),
    order: row.integer('position'),
  }));
  const bans = rows('bans', '*', 'chat_group, folded', (row) => ({
    group: row.parsed('chat_group', parseAnyGroupName),
    folded: row.text('folded'),
  }));
  const rules = rows('group_rules', '*', 'chat_group', (row) => ({
    group: row.parsed('chat_group', parseAnyGroupName),
    rules: row.parsed('rules', asGroupRules),
  }));
  const addressBans = rows('address_bans', '*', 'rowid', (row) => ({
    group: row.text('chat_group') === '' ? undefined : row.parsed('chat_group', parseAnyGroupName),
    address: row.text('address'),
    because: row.text('because'),
    until: row.optionalInteger('until'),
  }));
  checkEnds(database);
  const ended = new Map(
    database
      .prepare(`SELECT log, ${lastOfLog} AS ended FROM logs`)
      .all()
      .map((values) => new Row('logs', values))
      .map((row) => [row.integer('log'), row.integer('ended')]),
  );
  const logs = rows('logs', '*', 'log', (row) => ({
    log: row.integer('log') as LogId,
    name: row.parsed('name', conversationName),
    last: ended.get(row.integer('log')) ?? row.integer('last'),
    first: row.integer('first'),
  }));
  const sealedGroups = rows('sealed_groups', '*', 'log', (row) =>
    row.parsed('state', asSealedGroup(row.integer('log') as LogId)),
  );
  const sealedLeaves = rows('sealed_leaves', '*', 'log', (row) => ({
    log: row.integer('log') as LogId,
    leaves: row.parsed('leaves', asLeaves),
  }));
  const rosters = rostersOf(
    rows('rosters', '*', 'log, seq, place', (row) => ({
      log: row.integer('log') as LogId,
      item: row.parsed('item', asRosterItem),
    })),
  );
  const cursors = rows('cursors', '*', 'log, account, device', (row) => ({
    log: row.integer('log') as LogId,
    account: row.integer('account') as AccountId,
    device: row.text('device'),
    seq: row.integer('seq'),
  }));
  const streams = rows('streams', '*', 'rowid', (row) => ({
    account: row.integer('account') as AccountId,
    stream: row.text('stream'),
    last: row.integer('last'),
  }));
  const invited = rows('invited', '*', 'chat_group, account', (row) => ({
    group: row.parsed('chat_group', parseAnyGroupName),
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
  const keptFiles = rows('kept_files', '*', 'id', (row) => ({
    id: row.parsed('id', parseKeptFileId),
    owner: row.integer('account') as AccountId,
    ...row.parsed('state', asKeptFile),
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
    devices,
    starts,
    links,
    directory,
    groups,
    members,
    bans,
    rules,
    addressBans,
    logs,
    sealedGroups,
    sealedLeaves,
    rosters,
    cursors,
    streams,
    invited,
    blocks,
    invites,
    quotas,
    keptFiles,
    lastAccount: counters.get('account') ?? 0,
    lastLog: counters.get('log') ?? 0,
    generation: counters.get('generation') ?? 0,
    ends,
    runs,
    marks,
    clock: age === undefined || wall === undefined ? undefined : { age, wall },
  };
}

/** What is parsed of a row: all of it, nothing, or a locked account. */
function usable(
  table: SealedTable,
  values: RowValues,
  found: (damage: StoreDamage) => void,
): readonly RowValues[] {
  if (isWhole(table, values)) return [values];
  const what = rowInWords(values);
  const isAccount = table === 'accounts' && isNamed(values);
  if (needed.has(table) || (table === 'accounts' && !isAccount)) {
    throw new SqliteProblem('damaged', `${table}: ${what}`);
  }
  if (!isAccount) {
    found({ table, what });
    return [];
  }
  found({ table, what: `${what}: nobody logs in there before helo admin reset-device` });
  return [locked(values)];
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

function conversationName(text: string): ConversationName | undefined {
  return parseConversation(text) === undefined ? undefined : (text as ConversationName);
}

/** Rows in the order of their logs, a list for each. */
function rostersOf(
  rows: readonly { readonly log: LogId; readonly item: RosterItem }[],
): readonly RosterOfLog[] {
  const lists = new Map<LogId, RosterItem[]>();
  for (const { log, item } of rows) {
    const list = lists.get(log) ?? [];
    lists.set(log, list);
    list.push(item);
  }
  return [...lists].map(([log, items]) => ({ log, items }));
}
