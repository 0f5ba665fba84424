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
  devices: undefined,
};

test('of this device: its key, since when and where it is kept, other programs, the server', () => {
  const lines = ownDevice('bob', own).join('\n');
  assert.match(lines, /as bob: key AQEBAQEBAQEBAQEB[\w-]{27}\n/);
  assert.match(lines, /since 2026-11-23, kept in \/home\/bob\//);
  assert.ok(!lines.includes('\u001B'), 'nothing in a path reaches the terminal');
  assert.match(lines, /the only device of the account/);
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
    devices: undefined,
  }).join('\n');
  assert.match(lines, /you are a guest/);
  assert.doesNotMatch(lines, /kept in|program|server|certificate|account has one|only device/);
});

test('of somebody: never met, seen, compared, changed, and what to do next', () => {
  assert.match(peerDevice('eve', undefined).join(' '), /no key of eve is known .* @eve TEXT/);
  const seen = peerDevice('eve', { key, standing: 'seen', since, other: undefined, count: 1 });
  assert.match(seen.join(' '), /seen first on 2026-11-23, not compared: \/verify @eve/);
  const compared = peerDevice('eve', {
    key,
    standing: 'compared',
    since,
    other: undefined,
    count: 1,
  });
  assert.match(compared.join(' '), /compared by you on 2026-11-23/);
  const undated = peerDevice('eve', {
    key,
    standing: 'compared',
    since: undefined,
    other,
    count: 1,
  });
  assert.match(undated.join(' '), /compared by you: /);
  const changed = peerDevice('eve', { key, standing: 'changed', since, other, count: 1 });
  assert.match(
    changed.join(' '),
    /CHANGED: the server now gives AgIC.*\/trust @eve.*\/distrust @eve/,
  );
});

test('of several devices each has a number, what it is, and when it was here; of somebody how many there are', () => {
  const one = { key, form: undefined, since, seen: since, isHere: true, isThis: true };
  const two = {
    key: other,
    form: 'web',
    since: undefined,
    seen: undefined,
    isHere: false,
  } as const;
  const lines = ownDevice('bob', { ...own, devices: [one, { ...two, isThis: false }] }).join('\n');
  assert.match(lines, /1 {2}first device, since 2026-11-23, here now, this one: AQEB/);
  assert.match(lines, /2 {2}browser, never here: AgIC/);
  assert.match(lines, /\/devices revoke N lost\|retired\|stolen/);
  const peer = peerDevice('eve', { key, standing: 'seen', since, other: undefined, count: 3 });
  assert.match(peer.join(' '), /the 3 devices of eve, by the first one/);
});
