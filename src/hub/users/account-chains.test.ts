// Chains of accounts at the server: whose root it stores, for how long, and whom it tells of what clients can do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Signer, rootBy } from '../../../test/support/statements.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import type { ChainLink } from '../../wire/statements/chain-link.ts';
import type { Checked } from '../../wire/statements/statement.ts';
import type { ConnectionId } from '../effects.ts';
import { Stage } from '../stage.fixture.ts';

const alices = new Signer('alice');
const device = encodeBase64url(alices.key);
const can = { sealed: true };

function chain(stage: Stage, connection: number, link: Checked<ChainLink> | undefined): unknown {
  stage.run({
    type: 'chain',
    connection: connection as ConnectionId,
    label: 'l',
    link,
    at: stage.now,
  });
  const [answer] = stage.events(connection);
  assert.ok(typeof answer === 'object');
  return answer.verb === 'FAILED' ? answer.code : answer;
}

/** How many links a login is told of. */
function told(stage: Stage, connection: number, how: object = { can }): number | undefined {
  const [welcome] = stage.account(connection, 'alice', { device, ...how });
  assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
  return welcome.links;
}

test('[12.3] a device leaves its root once, and again as often as it likes', () => {
  const stage = new Stage();
  assert.equal(told(stage, 1), 0);
  const root = rootBy(alices, 'alice');
  const chained = { verb: 'CHAINED', label: 'l', links: 1 };
  assert.deepEqual(chain(stage, 1, root), chained);
  assert.deepEqual(chain(stage, 1, root), chained);
  assert.equal(chain(stage, 1, rootBy(alices, 'alice', new Signer('phrase'))), 'other-root');
  assert.equal(told(stage, 2), 1);
  const later = stage.restart();
  assert.equal(told(later, 1), 1);
  assert.deepEqual(chain(later, 1, root), chained);
  assert.deepEqual(later.memory.linksOf(1), [encodeBase64url(root.bytes)]);
});

test('[12.3] only the root of this account and this device is stored', () => {
  const stage = new Stage();
  told(stage, 1);
  for (const link of [
    undefined,
    rootBy(alices, 'bob'),
    rootBy(alices, 'Alice'),
    rootBy(new Signer('other'), 'alice'),
  ]) {
    assert.equal(chain(stage, 1, link), 'link-refused');
  }
  assert.deepEqual(stage.memory.records().links, []);
});

test('[12.3] without a working store no root is taken', () => {
  const stage = new Stage();
  told(stage, 1);
  stage.run({ type: 'storing', works: false });
  stage.read(1);
  assert.equal(chain(stage, 1, rootBy(alices, 'alice')), 'store-failed');
  stage.run({ type: 'storing', works: true });
  stage.read(1);
  assert.notEqual(chain(stage, 1, rootBy(alices, 'alice')), 'store-failed');
});

test('[12.3] a reset account has no chain until its next device leaves one, a removed one has none', () => {
  const stage = new Stage();
  told(stage, 1);
  chain(stage, 1, rootBy(alices, 'alice'));
  stage.admin({ act: 'reset-device', name: 'alice' });
  assert.deepEqual(stage.memory.records().links, []);
  stage.admin({ act: 'invite', hash: 'h', expiresAt: stage.now + 1000, name: 'alice' });
  const next = new Signer('next');
  assert.equal(told(stage, 2, { device: encodeBase64url(next.key), invite: 'h', can }), 0);
  assert.equal(chain(stage, 2, rootBy(alices, 'alice')), 'link-refused');
  assert.deepEqual(chain(stage, 2, rootBy(next, 'alice')), {
    verb: 'CHAINED',
    label: 'l',
    links: 1,
  });
  stage.admin({ act: 'remove-account', name: 'alice' });
  assert.deepEqual(stage.memory.records().links, []);
});

test('[12.3] only connections that said so hear of links, and what clients can is stored of the last login', () => {
  const stage = new Stage();
  assert.equal(told(stage, 1, {}), undefined);
  const isSealed = () => stage.memory.records().devices[0]?.can.sealed ?? false;
  assert.equal(isSealed(), false);
  assert.equal(told(stage, 2), 0);
  assert.equal(isSealed(), true);
  told(stage, 3, { private: false });
  assert.equal(isSealed(), true, 'a second program does not count');
  const later = stage.restart();
  assert.equal([...later.hub.accounts.values()][0]?.account?.devices[0]?.can.sealed, true);
  assert.equal(told(later, 1, {}), undefined);
  assert.equal(isSealed(), false);
});
