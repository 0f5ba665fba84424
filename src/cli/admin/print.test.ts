import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInvite, formatStatus, formatUsage, formatUsers } from './print.ts';

const user = { name: 'bob', createdAt: 0, banned: false, connections: 0 };

test('the list of accounts says what of each one waits and of its quota is used, where the server does', () => {
  const rows = formatUsers([
    { ...user, waitingBytes: 2_500_000 },
    { ...user, quotaUsed: 70_000 },
    { ...user, banned: true },
  ]);
  assert.deepEqual(rows.split('\n'), [
    'NAME  SINCE                 NOW   DEVICE  WAITS   QUOTA',
    'bob   1970-01-01 00:00 UTC  away  reset   2.5 MB',
    'bob   1970-01-01 00:00 UTC  away  reset           70 kB',
    'bob   1970-01-01 00:00 UTC  away  reset                  banned',
    '',
  ]);
});

test('the status says what waits and what room the disk has', () => {
  const status = {
    version: '1.2.3',
    pid: 7,
    startedAt: 0,
    addresses: [],
    accounts: 2,
    accountsOnline: 1,
    connections: 5,
    storing: true,
  };
  const rows = (more: object) => formatStatus({ ...status, ...more }).split('\n');
  assert.equal(rows({}).at(-2), 'store        works');
  const roomy = rows({ waitingBytes: 70, disk: { free: 5e9, reserve: 1e8 } });
  assert.deepEqual(roomy.slice(-3), [
    'waiting      70 bytes of private messages',
    'disk         5.0 GB free; nothing new is kept below 100 MB',
    '',
  ]);
  const full = rows({ waitingBytes: 0, disk: { free: 5e7, reserve: 1e8 } });
  assert.match(full.at(-2) ?? '', /^disk +NEARLY FULL: 50 MB free; nothing/);
});

test('usage names kept files by whose they are, also where nothing is kept of what was said, or the server does not know', () => {
  const files = [{ name: 'alice', files: 2, bytes: 70 }];
  const said = [{ name: 'lobby', messages: 1, bytes: 300 }];
  const nothing = { conversations: [], writers: [] };
  assert.equal(formatUsage(nothing), 'Nothing is kept of what was said.\n');
  assert.deepEqual(formatUsage({ ...nothing, files }).split('\n'), [
    'FILES OF  FILES  BYTES',
    'alice     2      70 bytes',
    '',
  ]);
  assert.deepEqual(
    formatUsage({ ...nothing, files, blobs: files })
      .split('\n')
      .slice(2, -1),
    ['', 'BACKUP OF  BLOBS  BYTES', 'alice      2      70 bytes'],
  );
  assert.deepEqual(
    formatUsage({ conversations: said, writers: [], files }).split('\n').slice(-4, -1),
    ['', 'FILES OF      FILES     BYTES', 'alice         2         70 bytes'],
  );
});

test('an invite is a code, the command to type, and a link that has the code in it', () => {
  const links = ['https://chat.example.org/#invite=ab'];
  const rows = formatInvite('ab', 0, { addresses: ['a:1'], links }, 'bob').split('\n');
  assert.deepEqual(rows.slice(-4), [
    '  helo chat --server a:1 --name bob',
    'Or opens this in a browser, with the code in it:',
    '  https://chat.example.org/#invite=ab',
    '',
  ]);
  assert.doesNotMatch(formatInvite('ab', 0, { addresses: [], links: [] }), /browser/);
});
