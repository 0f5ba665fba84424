import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../log.ts';
import type { Certificate } from '../certificate.ts';
import { isDue, Renewal } from './renewal.ts';

const dayMs = 86_400_000;

function certificate(from: number, to: number): Certificate {
  const dates = { validFrom: new Date(from), validTo: new Date(to) };
  return { cert: '', key: '', fingerprint: new Uint8Array(32), ...dates };
}

test('a certificate is due in the last third of its time, however long that is', () => {
  for (const days of [6, 90]) {
    const it = certificate(0, days * dayMs);
    assert.equal(isDue(it, (days * dayMs * 2) / 3 - 1), false);
    assert.equal(isDue(it, (days * dayMs * 2) / 3 + 1), true);
  }
});

test('what fails is tried again later and later, at most every twelve hours; what succeeds is used once', async () => {
  const waits: number[] = [];
  const used: Certificate[] = [];
  let stored: Certificate | undefined;
  let again = () => Promise.resolve();
  let isReachable = false;
  const renewal = new Renewal({
    read: () => Promise.resolve(stored),
    order() {
      if (!isReachable) return Promise.reject(new Error('unreachable'));
      stored = certificate(0, 90 * dayMs);
      return Promise.resolve();
    },
    use: (it) => void used.push(it),
    now: () => dayMs,
    after(ms) {
      waits.push(ms / 60_000);
      again = () => renewal.start();
      return () => {};
    },
    log: silentLogger,
  });
  await renewal.start();
  for (let count = 0; count < 8; count++) await again();
  assert.deepEqual(waits, [10, 20, 40, 80, 160, 320, 640, 720, 720]);
  isReachable = true;
  await again();
  await again();
  assert.deepEqual([used.length, waits.at(-1)], [1, 720]);
});
