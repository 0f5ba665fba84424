// Applies the hub's changes, inside the caller's transaction. Each can be applied twice, and a change of something that
// does not exist is no error.

import type { Change } from '../../hub/records.ts';
import { unreachable } from '../../lib/invariant.ts';
import type { Database, SqlValue, Statement } from '../../sqlite/engine.ts';
import type { SegmentTable } from './segments.ts';
import type { GroupTables } from './tables/group-tables.ts';
import { canText } from './tables/can-words.ts';
import { keptFileText } from './tables/kept-file-rows.ts';
import { SealedRows } from './tables/sealed-rows.ts';

export class ChangeWriter {
  readonly #database: Database;
  readonly #rows: SealedRows;
  readonly #groups: GroupTables;
  readonly #segments: SegmentTable;
  /** Whether something was erased that may still stand in the write-ahead log. */
  hasErased = false;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database, groups: GroupTables, segments: SegmentTable) {
    this.#database = database;
    this.#groups = groups;
    this.#segments = segments;
    this.#rows = new SealedRows(database);
  }

  apply(change: Change): void {
    switch (change.type) {
      case 'account': {
        const { id, name, device, createdAt, banned } = change.account;
        this.#rows.put('accounts', id, name, device ?? null, createdAt, Number(banned));
        this.#rows.raise('account', id);
        return;
      }
      case 'account-removed':
        for (const table of ofAccount)
          this.#run(`DELETE FROM ${table} WHERE account = ?`, change.id);
        return;
      case 'device': {
        const { account, device, addedAt, seenAt, can } = change.device;
        this.#rows.put('devices', account, device, addedAt, seenAt, canText(can));
        return;
      }
      case 'start': {
        const { account, device, start } = change.start;
        this.#rows.put('device_starts', account, device, start);
        return;
      }
      case 'device-removed':
        for (const table of ofDevice) {
          const { account, device } = change;
          this.#run(`DELETE FROM ${table} WHERE account = ? AND device = ?`, account, device);
        }
        return;
      case 'link': {
        const { account, n, hash, link } = change.link;
        this.#rows.put('account_links', account, n, hash, link);
        return;
      }
      case 'directory': {
        const { n, name, what } = change.entry;
        this.#rows.put('directory', n, name, what);
        return;
      }
      case 'account-reset':
        // The cursor without a device tells how far its devices were.
        for (const table of ofDevice) {
          this.#run(`DELETE FROM ${table} WHERE account = ? AND device <> ''`, change.account);
        }
        this.#run('DELETE FROM account_links WHERE account = ?', change.account);
        return;
      case 'group': {
        const { name, admin, private: byInvitation = false } = change.group;
        this.#rows.put('chat_groups', name, admin ?? null, Number(byInvitation));
        return;
      }
      case 'group-removed':
        this.#run('DELETE FROM chat_groups WHERE name = ?', change.name);
        this.#run('DELETE FROM members WHERE chat_group = ?', change.name);
        this.#run('DELETE FROM bans WHERE chat_group = ?', change.name);
        this.#run('DELETE FROM invited WHERE chat_group = ?', change.name);
        this.#run('DELETE FROM group_rules WHERE chat_group = ?', change.name);
        this.#run('DELETE FROM address_bans WHERE chat_group = ?', change.name);
        return;
      case 'member': {
        const { group, account, since, order } = change.member;
        this.#rows.put('members', group, account, since, order);
        return;
      }
      case 'member-removed': {
        const { group, account } = change;
        this.#run('DELETE FROM members WHERE chat_group = ? AND account = ?', group, account);
        return;
      }
      case 'ban':
        this.#rows.put('bans', change.group, change.folded);
        return;
      case 'ban-removed': {
        const { group, folded } = change;
        this.#run('DELETE FROM bans WHERE chat_group = ? AND folded = ?', group, folded);
        return;
      }
      case 'group-rules': {
        const { group, rules } = change;
        if (rules !== undefined) this.#rows.put('group_rules', group, JSON.stringify(rules));
        else this.#run('DELETE FROM group_rules WHERE chat_group = ?', group);
        return;
      }
      case 'address-ban': {
        const { group, address, because, until } = change.ban;
        this.#rows.put('address_bans', group ?? '', address, because, until ?? null);
        return;
      }
      case 'address-ban-removed': {
        const { group, address, because } = change.ban;
        this.#run(
          'DELETE FROM address_bans WHERE chat_group = ? AND address = ? AND because = ?',
          group ?? '',
          address,
          because,
        );
        return;
      }
      case 'log': {
        const { log, name, last, first } = change.log;
        this.#rows.raiseLog(log, first, last, name);
        this.#rows.raise('log', log);
        return;
      }
      case 'line-erased':
        this.#segments.erase(change.log, change.seq);
        this.#run('DELETE FROM expiring WHERE log = ? AND seq = ?', change.log, change.seq);
        this.hasErased = true;
        return;
      case 'line-expiring': {
        const { log, seq, ends } = change;
        this.#rows.put('expiring', log, seq, ends);
        return;
      }
      case 'sealed-group':
      case 'sealed-leaves':
      case 'group-line':
      case 'group-info':
      case 'tree-part':
      case 'trees-kept':
      case 'unsealed':
        this.#groups.apply(change);
        return;
      case 'log-removed':
        this.#groups.apply(change);
        // It may have a million segments: trim() deletes them in parts. Nobody can read them any more.
        this.#run(
          'INSERT OR IGNORE INTO removed_logs SELECT log FROM logs WHERE log = ?',
          change.log,
        );
        this.#run('DELETE FROM logs WHERE log = ?', change.log);
        this.#run('DELETE FROM cursors WHERE log = ?', change.log);
        this.#run('DELETE FROM expiring WHERE log = ?', change.log);
        return;
      case 'log-trimmed': {
        const { log, first } = change;
        this.#rows.raiseLog(log, first);
        this.#run(
          'DELETE FROM segments WHERE log = ? AND first < ? AND first + count <= ?',
          log,
          first,
          first,
        );
        return;
      }
      case 'cursor': {
        const { log, account, device, seq } = change.cursor;
        this.#rows.put('cursors', log, account, device, seq);
        return;
      }
      case 'stream': {
        const { account, stream, last } = change.stream;
        this.#rows.put('streams', account, stream, last);
        return;
      }
      case 'stream-removed': {
        const { account, stream } = change;
        this.#run('DELETE FROM streams WHERE account = ? AND stream = ?', account, stream);
        return;
      }
      case 'invited':
        this.#rows.put('invited', change.invited.group, change.invited.account);
        return;
      case 'invited-removed': {
        const { group, account } = change.invited;
        this.#run('DELETE FROM invited WHERE chat_group = ? AND account = ?', group, account);
        return;
      }
      case 'block':
        this.#rows.put('blocks', change.block.account, change.block.name);
        return;
      case 'block-removed': {
        const { account, name } = change.block;
        this.#run('DELETE FROM blocks WHERE account = ? AND name = ?', account, name);
        return;
      }
      case 'invite': {
        const { hash, expiresAt, name } = change.invite;
        this.#rows.put('invites', hash, expiresAt, name ?? null);
        return;
      }
      case 'invite-removed':
        this.#run('DELETE FROM invites WHERE hash = ?', change.hash);
        return;
      case 'quotas':
        this.#run('DELETE FROM quotas');
        for (const { account, bytes, at } of change.quotas) {
          this.#rows.put('quotas', account ?? 0, bytes, at);
        }
        return;
      case 'kept-file': {
        const { id, owner } = change.file;
        this.#rows.put('kept_files', id, owner, keptFileText(change.file));
        return;
      }
      case 'kept-file-removed':
        this.#run('DELETE FROM kept_files WHERE id = ?', change.id);
        return;
      case 'clock':
        this.#rows.put('counters', 'age', change.clock.age);
        this.#rows.put('counters', 'wall', change.clock.wall);
        return;
      default:
        unreachable(change);
    }
  }

  /** Statements are prepared once each. Their texts are few and fixed. */
  #run(sql: string, ...values: readonly SqlValue[]): void {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    statement.run(...values);
  }
}

const ofDevice = ['devices', 'device_starts', 'cursors', 'key_packages', 'last_resorts'];
const ofAccount = [
  'accounts',
  'account_links',
  'members',
  'streams',
  'blocks',
  'invited',
  'quotas',
  ...ofDevice,
];
