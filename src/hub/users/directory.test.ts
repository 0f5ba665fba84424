// The directory at the server: what is entered, in which order, and when it says that the server was put back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Signer, Somebody, rootBy } from '../../../test/support/statements.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import type { ChainLink } from '../../wire/statements/chain-link.ts';
import type { Checked } from '../../wire/statements/statement.ts';
import type { ConnectionId } from '../effects.ts';
import { Stage } from '../stage.fixture.ts';

const device = (word: string) => encodeBase64url(new Signer(word).key);

function chain(stage: Stage, connection: number, link: Checked<ChainLink> | undefined): void {
  const of = { connection: connection as ConnectionId, label: 'l', at: stage.now };
  stage.run({ type: 'chain', ...of, link });
}

function entries(stage: Stage): readonly (readonly [string, string])[] {
  return stage.memory.directory().map(({ name, what }) => [name, what] as const);
}

const hashOf = ({ hash }: Checked<ChainLink>) => encodeBase64url(hash);

test('[12.4] each link is entered once, with resets and removals, and over restarts', () => {
  const stage = new Stage();
  const alice = new Somebody('alice');
  alice.adds('laptop');
  const [root, added] = alice.links;
  assert.ok(root && added);
  const bobs = rootBy(new Signer('bob'), 'bob');
  stage.account(1, 'alice', { device: device('alice') });
  stage.account(2, 'bob', { device: device('bob') });
  chain(stage, 1, root);
  chain(stage, 2, bobs);
  chain(stage, 1, root);
  chain(stage, 1, rootBy(new Signer('alice'), 'alice', new Signer('phrase')));
  chain(stage, 1, added);
  chain(stage, 1, added);
  const said = [
    ['alice', hashOf(root)],
    ['bob', hashOf(bobs)],
    ['alice', hashOf(added)],
  ];
  assert.deepEqual(entries(stage), said);
  const later = stage.restart();
  later.admin({ act: 'reset-device', name: 'alice' });
  later.admin({ act: 'remove-account', name: 'bob' });
  assert.deepEqual(entries(later), [...said, ['alice', 'reset'], ['bob', 'removed']]);
});

test('[12.4] a device that has more of the directory than there is: said once in a run', () => {
  const stage = new Stage();
  stage.memory.beginRun(11);
  const first = stage.restart();
  first.account(1, 'alice', { device: device('alice') });
  const knows = (from: Stage, size: number) =>
    from.run({ type: 'knowsDirectory', connection: 1 as ConnectionId, size });
  knows(first, 0);
  assert.deepEqual(entries(first), []);
  knows(first, 1);
  knows(first, 9);
  assert.deepEqual(entries(first), [['11', 'put-back']]);
  first.memory.beginRun(12);
  const second = first.restart();
  second.account(1, 'alice', { device: device('alice') });
  knows(second, 1);
  knows(second, 2);
  assert.deepEqual(entries(second), [
    ['11', 'put-back'],
    ['12', 'put-back'],
  ]);
});

test('[12.4] a device that was here in a run that is not known: said once in a run', () => {
  const stage = new Stage();
  const inRun = (run: number, connection: number, runs: number[] | undefined, from = stage) => {
    from.memory.beginRun(run);
    const next = from.restart();
    next.account(connection, 'alice', { device: device('alice'), runs });
    return next;
  };
  const first = inRun(11, 1, undefined);
  const second = inRun(12, 2, [11], first);
  assert.deepEqual(entries(second), []);
  const third = inRun(13, 3, [99, 12, 11], second);
  third.account(4, 'bob', { device: device('bob'), runs: [99, 12] });
  assert.deepEqual(entries(third), [['13', 'put-back']]);
  const fourth = inRun(14, 5, [13, 12], third);
  assert.deepEqual(entries(fourth), [['13', 'put-back']]);
});
