// Whose keys the devices of an account tell each other decisions about.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64url } from '../../../lib/base64url.ts';
import type { Username } from '../../../wire/text.ts';
import type { InboxBatch } from '../inbox/batch.ts';
import { SharedKeys } from './shared-keys.ts';

test('a decision about a key is taken over of everybody but the account itself', async () => {
  const taken: string[] = [];
  const keys = new SharedKeys({
    me: 'alice' as Username,
    own: { on: () => {}, send: async () => 'queued' },
    engine: {
      takeOver: async (user: string) => {
        taken.push(user);
        return undefined;
      },
      decisionAbout: async () => undefined,
    },
    decided: () => {},
  });
  const batch = { events: [], afterwards: [] } as unknown as InboxBatch;
  const body = { key: encodeBase64url(new Uint8Array(32)), verified: true, devices: [] };
  for (const name of ['bob', 'alice', 'no name']) await keys.take(name, body, batch);
  assert.deepEqual(taken, ['bob']);
});
