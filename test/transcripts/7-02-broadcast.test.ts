import assert from 'node:assert/strict';
import { transcripts } from './stage.ts';

transcripts({
  '[7.2] a broadcast goes to all other clients; the sender gets a confirmation': async ({
    people,
  }) => {
    const [alice, bob, carol] = await people('alice', 'bob', 'carol');
    alice.says('BCST hello  everybody ');
    await alice.hears('+OK BCST hello  everybody ');
    await bob.hears('BCST [alice] hello  everybody ');
    await carol.hears('BCST [alice] hello  everybody ');
    await alice.hearsNothing();
  },

  '[7.2] who has not logged in hears nothing': async ({ people, stranger }) => {
    const watcher = await stranger();
    const [alice] = await people('alice');
    alice.says('BCST secret');
    await alice.hears('+OK BCST secret');
    watcher.says('HELO watcher');
    await watcher.hears('+OK HELO watcher');
    await watcher.hearsNothing();
  },

  '[7.2] what one says arrives in order, between the own confirmations': async ({ people }) => {
    const [alice, bob] = await people('alice', 'bob');
    const numbers = Array.from({ length: 200 }, (_, at) => at);
    for (const number of numbers) {
      alice.says(`BCST a${number}`);
      bob.says(`BCST b${number}`);
    }
    const heard: string[] = [];
    while (heard.length < 400) heard.push(await alice.client.next());
    const own = heard.filter((line) => line.startsWith('+OK'));
    const others = heard.filter((line) => !line.startsWith('+OK'));
    assert.deepEqual(
      own,
      numbers.map((number) => `+OK BCST a${number}`),
    );
    assert.deepEqual(
      others,
      numbers.map((number) => `BCST [bob] b${number}`),
    );
    for (const _ of heard) await bob.client.next();
  },
});
