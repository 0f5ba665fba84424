import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { err } from '../../lib/result.ts';
import type { ChatClient } from '../chat-client.ts';
import { timelineOf } from './timeline-actions.ts';

test('where a platform has no files, that is said, and no lost connection', async () => {
  const client = {
    state: { phase: 'open' },
    conversations: [],
    devices: { of: () => Promise.resolve(undefined) },
  };
  const model = timelineOf(
    { me: 'al', server: '', isTls: false, now: () => 0, timers: new FakeTimers() },
    client as unknown as ChatClient,
  );
  const none = err('Files cannot be sent from here.');
  assert.deepEqual(await model.chooseFile('accept', undefined), none);
  client.state.phase = 'waiting';
  const lost = err('There is no connection to the server.');
  assert.deepEqual(await model.chooseFile('accept', undefined), lost);
});
