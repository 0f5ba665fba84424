import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createAccount,
  enter,
  gather,
  memberAt,
  remove,
  replay,
  rotate,
  talk,
  treeOf,
} from '../../../test/support/group.ts';
import { epochDigits } from './group-info.ts';
import { members, publicGroup } from './group-session.ts';
import { mls } from '../mls.ts';

test('a group grows by entries, shrinks by removals, renews its keys, and everybody reads everybody', async () => {
  let party = await talk(await gather('alice', 'bob', 'carol', 'dave', 'erin'));
  party = await talk(await remove(party, 2, [1, 4]));
  party = await talk(await rotate(party, 0));
  party = await talk(await enter(party, await createAccount('frank')));
  const names = members(memberAt(party, 0)).map(({ identity }) => identity.name);
  assert.deepEqual(names, ['alice', 'frank', 'carol', 'dave']);
  const digits = new Set(party.sessions.map(epochDigits));
  assert.equal(digits.size, 1);
  assert.match([...digits].join(), /^\d{5}( \d{5}){3}$/);
});

test('whoever replays the commits on the first tree comes to the same state', async () => {
  let party = await gather('alice');
  const base = await treeOf(memberAt(party, 0));
  for (const name of ['bob', 'carol', 'dave'])
    party = await enter(party, await createAccount(name));
  party = await remove(party, 1, [2]);
  party = await rotate(party, 0);
  const replayed = await replay(base, party.commits);
  const { context, confirmationTag } = publicGroup(memberAt(party, 0))[mls];
  assert.deepEqual(replayed[mls].context, context);
  assert.deepEqual(replayed[mls].confirmationTag, confirmationTag);
});
