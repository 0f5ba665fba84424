// The text of /devices, for every state of a key, and for unknown data.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OwnDevice } from '../encryption/trust/devices.ts';
import { ownDevice, peerDevice } from './devices-words.ts';

const key = new Uint8Array(32).fill(1);
const other = new Uint8Array(32).fill(2);
const since = new Date(2026, 10, 23, 12).getTime();

const own: OwnDevice = {
  key,
  file: { path: '/home/bob/\u001B[31mkey', since },
  as: 'account',
  programs: 3,
  serverIdentity: other,
  serverCertificate: key,
};

test('of this device: its key, since when and where it is kept, other programs, the server', () => {
  const lines = ownDevice('bob', own).join('\n');
  assert.match(lines, /as bob: key AQEBAQEBAQEBAQEB[\w-]{27}\n/);
  assert.match(lines, /since 2026-11-23, kept in \/home\/bob\//);
  assert.ok(!lines.includes('\u001B'), 'nothing in a path reaches the terminal');
  assert.match(lines, /one device at present/);
  assert.match(lines, /2 other programs of yours/);
  assert.match(lines, /identity AgIC/);
  assert.match(lines, /certificate: AQEB/);
});

test('of a guest, without a file, without TLS: only what is so', () => {
  const lines = ownDevice('bob', {
    key,
    file: undefined,
    as: 'guest',
    programs: undefined,
    serverIdentity: undefined,
    serverCertificate: undefined,
  }).join('\n');
  assert.match(lines, /you are a guest/);
  assert.doesNotMatch(lines, /kept in|program|server|certificate|account has one/);
});

test('of somebody: never met, seen, compared, changed, and what to do next', () => {
  assert.match(peerDevice('eve', undefined).join(' '), /no key of eve is known .* @eve TEXT/);
  const seen = peerDevice('eve', { key, standing: 'seen', since, other: undefined });
  assert.match(seen.join(' '), /seen first on 2026-11-23, not compared: \/verify @eve/);
  const compared = peerDevice('eve', { key, standing: 'compared', since, other: undefined });
  assert.match(compared.join(' '), /compared by you on 2026-11-23/);
  const undated = peerDevice('eve', { key, standing: 'compared', since: undefined, other });
  assert.match(undated.join(' '), /compared by you: /);
  const changed = peerDevice('eve', { key, standing: 'changed', since, other });
  assert.match(
    changed.join(' '),
    /CHANGED: the server now gives AgIC.*\/trust @eve.*\/distrust @eve/,
  );
});
