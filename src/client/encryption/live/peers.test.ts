// What is remembered about peers: their logins, and whom "no such user!" can refer to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxRecentLines, missingUserMs } from './limits.ts';
import { MissingUser } from './missing-user.ts';
import { PeerLogins } from './peer-logins.ts';

test('a login that is over stays over, however late its lines come', () => {
  const logins = new PeerLogins();
  assert.deepEqual(
    ['a', 'a', 'b', 'a', 'b', 'c', 'a', 'b', 'c'].map((incarnation) => logins.seen(incarnation)),
    ['present', 'present', 'next', 'past', 'present', 'next', 'past', 'past', 'present'],
  );
});

test('[7.5] the reply can be about people written to lately and not heard from since', () => {
  const missing = new MissingUser();
  missing.sent('bob', 0);
  missing.sent('carol', 1000);
  assert.deepEqual(missing.candidates(1000), ['bob', 'carol']);
  missing.heardFrom('bob');
  assert.deepEqual(missing.candidates(1000), ['carol']);
  assert.deepEqual(missing.candidates(1000 + missingUserMs), ['carol']);
  assert.deepEqual(missing.candidates(1001 + missingUserMs), []);
});

test('few people are remembered for it', () => {
  const missing = new MissingUser();
  for (let user = 0; user < 2 * maxRecentLines; user++) missing.sent(`user${user}`, 0);
  assert.equal(missing.candidates(0).length, maxRecentLines);
});
