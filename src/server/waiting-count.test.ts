// Messages that waited when the server started are counted by sender, as they were counted when they were written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptSize } from '../hub/messages/directs.ts';
import type { HubInput } from '../hub/hub.ts';
import { waitingRanges } from '../hub/lookups.ts';
import type { LogId } from '../hub/records.ts';
import { createHub } from '../hub/restore.ts';
import { deviceOf, Stage } from '../hub/stage.fixture.ts';
import { StoreError, type LogRange, type Segment } from '../hub/store-port.ts';
import { formatExtendedEvent } from '../wire/extended/events.ts';
import type { ConversationName } from '../wire/extended/names.ts';
import type { Username } from '../wire/text.ts';
import { silentLogger } from './log.ts';
import { WaitingCount } from './waiting-count.ts';

interface Said {
  readonly from: Username;
  readonly sealed: string;
}

type Waited = HubInput & { readonly type: 'waited' };

/**
 * alice and bob, who write in turns to each other; alice's messages are the long ones. `got`: up to where each has
 * them.
 */
function conversation(stage: Stage, messages: number, got: readonly [number, number]) {
  stage.account(1, 'alice');
  stage.account(2, 'bob');
  const said: Said[] = [];
  for (let number = 1; number <= messages; number++) {
    const [at, from, to] = number % 2 === 1 ? [1, 'alice', 'bob'] : [2, 'bob', 'alice'];
    const sealed = 'x'.repeat(at === 1 ? 300 : 20);
    said.push({ from: from as Username, sealed });
    const device = deviceOf(to);
    const id = `s${at}.${Math.ceil(number / 2)}`;
    stage.request(at, { verb: 'SEND', in: `@${to}`, id, sealed, device });
  }
  for (const [at, to, seq] of [
    [1, 'bob', got[0]],
    [2, 'alice', got[1]],
  ] as const) {
    if (seq > 0) stage.request(at, { verb: 'GOT', in: `@${to}`, seq });
  }
  return said;
}

/** A store that returns two segments per read, of three messages each. The second one is damaged if `isDamaged`. */
function storeOf(said: readonly Said[], isDamaged = false) {
  const segments: Segment[] = [];
  for (let first = 1; first <= said.length; first += 3) {
    const lines = said.slice(first - 1, first + 2).map(({ from, sealed }, at) =>
      formatExtendedEvent({
        verb: 'MSG',
        in: '@alice+bob' as ConversationName,
        seq: first + at,
        at: 1,
        from,
        id: `s.${first + at}`,
        sealed,
      }),
    );
    const damaged = isDamaged && first === 4;
    const text = damaged ? '' : lines.map((line) => `${line}\n`).join('');
    segments.push({
      log: 1 as LogId,
      first,
      count: lines.length,
      at: 1,
      bytes: new Uint8Array(Buffer.from(text)),
      ...(damaged && { isDamaged }),
    });
  }
  return {
    async read({ after, before }: LogRange) {
      const found = segments.filter(
        ({ first, count }) => first + count - 1 > after && first < before,
      );
      return found.slice(0, 2);
    },
  };
}

const kept = (stage: Stage) =>
  ['alice', 'bob'].map(
    (name) =>
      [...stage.hub.accounts.values()].find((user) => user.name === name)?.account?.waitingBytes ??
      0,
  );

for (const [what, got] of [
  ['nobody has fetched', [0, 0]],
  ['one has fetched a part, the other all', [4, 14]],
] as const) {
  test(`a restart knows what waits of each one: ${what}`, async () => {
    const stage = new Stage();
    const said = conversation(stage, 14, got);
    const restarted = new Stage({}, stage.memory);
    assert.deepEqual(kept(restarted), [0, 0]);
    const count = new WaitingCount(storeOf(said), silentLogger, (input) => restarted.run(input));
    count.start(waitingRanges(restarted.hub));
    await count.counted;
    const bytesOf = (name: string) =>
      said
        .slice(Math.min(...got))
        .filter(({ from }) => from === name)
        .reduce((sum, message) => sum + keptSize(message), 0);
    assert.deepEqual(kept(restarted), [bytesOf('alice'), bytesOf('bob')]);
    if (got[0] === 0) assert.deepEqual(kept(restarted), kept(stage), 'as it was when written');
  });
}

test('what is counted is bounded as before, and what is fetched meanwhile or later makes room', async () => {
  const first = new Stage();
  const said = conversation(first, 6, [0, 0]);
  const told: Waited[] = [];
  const count = new WaitingCount(storeOf(said), silentLogger, (input) => told.push(input));
  count.start(waitingRanges(createHub(first.memory.records())));
  await count.counted;
  assert.deepEqual(
    told.map(({ messages }) => messages),
    [6],
  );
  const stage = new Stage({ maxWaitingPerAccount: 1_900 }, first.memory);
  for (const input of told) stage.run(input);
  const direct = [...stage.hub.accounts.values()][0]?.account?.directs?.values().next().value;
  assert.equal(direct?.waitingMessages, 6);
  assert.deepEqual(
    direct?.sides.map(({ waitingBytes }) => waitingBytes),
    [1_500, 660],
  );
});

test('what is damaged waits for nobody, and a store that fails is no crash', async () => {
  const stage = new Stage();
  const said = conversation(stage, 9, [0, 0]);
  const told: Waited[] = [];
  const count = new WaitingCount(storeOf(said, true), silentLogger, (input) => told.push(input));
  count.start(waitingRanges(stage.hub));
  await count.counted;
  assert.deepEqual(
    told.map(({ messages }) => messages),
    [3, 3],
  );
  const failing = {
    read: () => Promise.reject(new StoreError('failed', 'as the test says')),
  };
  const none = new WaitingCount(failing, silentLogger, () => assert.fail('nothing is counted'));
  none.start(waitingRanges(stage.hub));
  await none.close();
});
