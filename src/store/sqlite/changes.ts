// Applies the hub's changes, inside the caller's transaction. Each can be applied twice, and a change of something that
// does not exist is no error.

import type { Change } from '../../hub/records.ts';
import { unreachable } from '../../lib/invariant.ts';
import type { Database, SqlValue, Statement } from '../../sqlite/engine.ts';
import { lastOfLog } from './load.ts';

export class ChangeWriter {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  apply(change: Change): void {
    switch (change.type) {
      case 'account': {
        const { id, name, device, createdAt, banned } = change.account;
        const values = [id, name, device ?? null, createdAt, Number(banned)];
        this.#run('INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?)', ...values);
        this.#givenOut('account', id);
        return;
      }
      case 'account-removed':
        for (const table of ofAccount)
          this.#run(`DELETE FROM ${table} WHERE account = ?`, change.id);
        return;
      case 'key-packages-removed':
        for (const table of keyTables) {
          this.#run(`DELETE FROM ${table} WHERE account = ?`, change.account);
        }
        return;
      case 'group': {
        const { name, admin, private: byInvitation = false } = change.group;
        const row = [name, admin ?? null, Number(byInvitation)];
        this.#run('INSERT OR REPLACE INTO chat_groups VALUES (?, ?, ?)', ...row);
        return;
      }
      case 'group-removed':
        this.#run('DELETE FROM chat_groups WHERE name = ?', change.name);
        this.#run('DELETE FROM members WHERE chat_group = ?', change.name);
        this.#run('DELETE FROM bans WHERE chat_group = ?', change.name);
        this.#run('DELETE FROM invited WHERE chat_group = ?', change.name);
        this.#run('DELETE FROM address_bans WHERE chat_group = ?', change.name);
        return;
      case 'member': {
        const { group, account, since, order } = change.member;
        this.#run(
          'INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?)',
          group,
          account,
          since,
          order,
        );
        return;
      }
      case 'member-removed': {
        const { group, account } = change;
        this.#run('DELETE FROM members WHERE chat_group = ? AND account = ?', group, account);
        return;
      }
      case 'ban':
        this.#run('INSERT OR REPLACE INTO bans VALUES (?, ?)', change.group, change.folded);
        return;
      case 'ban-removed': {
        const { group, folded } = change;
        this.#run('DELETE FROM bans WHERE chat_group = ? AND folded = ?', group, folded);
        return;
      }
      case 'address-ban': {
        const { group, address, because, until } = change.ban;
        const row = [group ?? '', address, because, until ?? null];
        this.#run('INSERT OR REPLACE INTO address_bans VALUES (?, ?, ?, ?)', ...row);
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
        this.#run(
          `INSERT INTO logs VALUES (?, ?, ?, ?) ON CONFLICT (log) DO UPDATE SET
             name = excluded.name, last = max(last, excluded.last), first = max(first, excluded.first)`,
          log,
          name,
          last,
          first,
        );
        this.#givenOut('log', log);
        return;
      }
      case 'log-removed':
        // It may have a million segments: trim() deletes them in parts. Nobody can read them any more.
        this.#run(
          'INSERT OR IGNORE INTO removed_logs SELECT log FROM logs WHERE log = ?',
          change.log,
        );
        this.#run('DELETE FROM logs WHERE log = ?', change.log);
        this.#run('DELETE FROM cursors WHERE log = ?', change.log);
        return;
      case 'log-trimmed': {
        const { log, first } = change;
        this.#run(
          `UPDATE logs SET last = ${lastOfLog}, first = max(first, ?) WHERE log = ?`,
          first,
          log,
        );
        this.#run(
          'DELETE FROM segments WHERE log = ? AND first < ? AND first + count <= ?',
          log,
          first,
          first,
        );
        return;
      }
      case 'cursor': {
        const { log, account, seq } = change.cursor;
        this.#run('INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)', log, account, seq);
        return;
      }
      case 'stream': {
        const { account, stream, last } = change.stream;
        this.#run('INSERT OR REPLACE INTO streams VALUES (?, ?, ?)', account, stream, last);
        return;
      }
      case 'stream-removed': {
        const { account, stream } = change;
        this.#run('DELETE FROM streams WHERE account = ? AND stream = ?', account, stream);
        return;
      }
      case 'invited':
      case 'invited-removed': {
        const { group, account } = change.invited;
        const sql =
          change.type === 'invited'
            ? 'INSERT OR REPLACE INTO invited VALUES (?, ?)'
            : 'DELETE FROM invited WHERE chat_group = ? AND account = ?';
        this.#run(sql, group, account);
        return;
      }
      case 'block':
        this.#run(
          'INSERT OR REPLACE INTO blocks VALUES (?, ?)',
          change.block.account,
          change.block.name,
        );
        return;
      case 'block-removed': {
        const { account, name } = change.block;
        this.#run('DELETE FROM blocks WHERE account = ? AND name = ?', account, name);
        return;
      }
      case 'invite': {
        const { hash, expiresAt, name } = change.invite;
        const row = [hash, expiresAt, name ?? null];
        this.#run('INSERT OR REPLACE INTO invites VALUES (?, ?, ?)', ...row);
        return;
      }
      case 'invite-removed':
        this.#run('DELETE FROM invites WHERE hash = ?', change.hash);
        return;
      case 'quotas':
        this.#run('DELETE FROM quotas');
        for (const { account, bytes, at } of change.quotas) {
          this.#run('INSERT OR REPLACE INTO quotas VALUES (?, ?, ?)', account ?? 0, bytes, at);
        }
        return;
      case 'clock':
        this.#set('age', change.clock.age);
        this.#set('wall', change.clock.wall);
        return;
      default:
        unreachable(change);
    }
  }

  #givenOut(name: 'account' | 'log', number: number): void {
    this.#run(
      `INSERT INTO counters VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`,
      name,
      number,
    );
  }

  #set(name: 'age' | 'wall', value: number): void {
    this.#run('INSERT OR REPLACE INTO counters VALUES (?, ?)', name, value);
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

const keyTables = ['key_packages', 'last_resorts'];
const ofAccount = [
  'accounts',
  'members',
  'cursors',
  'streams',
  'blocks',
  'invited',
  'quotas',
  ...keyTables,
];
