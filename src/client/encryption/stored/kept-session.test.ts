import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Username } from '../../../wire/text.ts';
import { confirmed, doubted, keptSessionOf, recordOf, type KeptSession } from './kept-session.ts';

const kept: KeptSession = {
  groupId: 'aa',
  peer: 'bob' as Username,
  order: 1,
  madeAt: 1,
  ownTexts: 0,
  madeBy: 'me',
  use: 'writable',
  peerKey: new Uint8Array(32).fill(7),
  since: 3,
  welcome: 'AAAA',
  session: new Uint8Array([1, 2]),
};

test('the use of a kept session and who made it stand in its bytes as released versions write them', () => {
  const uses = { writable: 0, doubtful: 2, spent: 4 } as const;
  for (const [madeBy, own] of [
    ['me', 1],
    ['peer', 0],
  ] as const) {
    for (const use of ['writable', 'doubtful', 'spent'] as const) {
      const one = { ...kept, madeBy, use };
      const record = recordOf(one);
      assert.equal(record.bytes[1], uses[use] | own);
      assert.deepEqual(keptSessionOf(record), one);
    }
  }
});

test('a session that an older version calls doubtful and spent is spent', () => {
  const { bytes, ...rest } = recordOf(kept);
  bytes[1] = 1 | 2 | 4;
  assert.deepEqual(keptSessionOf({ ...rest, bytes }), { ...kept, use: 'spent' });
});

test('what is spent stays so, whatever is heard of it', () => {
  const spent: KeptSession = { ...kept, use: 'spent' };
  assert.equal(doubted(spent).use, 'spent');
  assert.equal(confirmed(spent).use, 'spent');
  assert.equal(confirmed(doubted(kept)).use, 'writable');
});
