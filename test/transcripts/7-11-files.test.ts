import assert from 'node:assert/strict';
import type { LineClient } from '../support/line-client.ts';
import { transcripts, type Person, type Stage } from './stage.ts';

const delivered = 'FILE_STATUS file has successfully been delivered!';
const corrupted = 'FILE_STATUS File has been corrupted and not delivered!';
const noPort = { code: 'ECONNREFUSED' };
const proof = `proof=${'A1_-'.repeat(10)}xyz`;

/** alice offers bob a file and bob takes it. Answers with the port that both are told. */
async function agree(alice: Person, bob: Person, metadata: string, word = ''): Promise<number> {
  alice.says(`FILE_TRANS /send_file @bob ${metadata}`);
  await bob.hears(`FILE_TRANS @alice ${metadata}`);
  bob.says(`READY_FOR_FILE @alice ${metadata}${word}`);
  const ready = await alice.client.next();
  const port = Number(ready.split(' ').at(-1));
  assert.equal(ready, `READY_FOR_FILE @bob ${metadata} ${port}`);
  await bob.hears(`OPEN_PORT_TO_RECEIVE ${port}`);
  return port;
}

/** Both at the port of a file, the receiver first. */
async function meet(
  stage: Stage,
  metadata: string,
): Promise<{ port: number; sender: LineClient; receiver: LineClient }> {
  const [alice, bob] = await stage.people('alice', 'bob');
  const port = await agree(alice, bob, metadata);
  const receiver = await stage.port(port);
  receiver.send('OPEN_PORT_TO_RECEIVE bob');
  const sender = await stage.port(port);
  return { port, sender, receiver };
}

transcripts({
  '[7.11] a file is offered, taken, sent, and its status comes back': async (stage) => {
    const { port, sender, receiver } = await meet(stage, 'image.png,8,c0ffee');
    sender.send('FILE <alice @bob image.png,8,c0ffee aW1hZ2U=');
    await receiver.expect('FILE <alice @alice image.png,8,c0ffee aW1hZ2U=');
    receiver.send('FILE_STATUS file has successfully been delivered! @alice');
    assert.deepEqual(await sender.rest(), [delivered]);
    assert.deepEqual(await receiver.rest(), []);
    await assert.rejects(stage.port(port), noPort);
  },

  '[7.11] a corrupted file is told to its sender': async (stage) => {
    const { port, sender, receiver } = await meet(stage, 'm');
    sender.send('FILE <alice @bob m x');
    await receiver.expect('FILE <alice @alice m x');
    receiver.send('FILE_STATUS File has been corrupted and not delivered! @alice');
    assert.deepEqual(await sender.rest(), [corrupted]);
    assert.deepEqual(await receiver.rest(), []);
    await assert.rejects(stage.port(port), noPort);
  },

  '[7.11] the sender may come first': async (stage) => {
    const [alice, bob] = await stage.people('alice', 'bob');
    const port = await agree(alice, bob, 'm');
    const sender = await stage.port(port);
    sender.send('FILE <alice @bob m content');
    const receiver = await stage.port(port);
    receiver.send('OPEN_PORT_TO_RECEIVE bob');
    await receiver.expect('FILE <alice @alice m content');
    receiver.send('FILE_STATUS file has successfully been delivered! @alice');
    assert.deepEqual(await sender.rest(), [delivered]);
  },

  '[7.11] a receiver that has named a proof is let in by it': async (stage) => {
    const [alice, bob] = await stage.people('alice', 'bob');
    const port = await agree(alice, bob, 'm', ` ${proof}`);
    const receiver = await stage.port(port);
    receiver.send(`OPEN_PORT_TO_RECEIVE bob ${proof}`);
    const sender = await stage.port(port);
    sender.send('FILE <alice @bob m content');
    await receiver.expect('FILE <alice @alice m content');
    receiver.send('FILE_STATUS file has successfully been delivered! @alice');
    assert.deepEqual(await sender.rest(), [delivered]);
  },

  '[7.11] no such user, and nobody sends a file to himself': async ({ people }) => {
    const [alice] = await people('alice');
    for (const name of ['nobody', 'no-body', 'Alice']) {
      alice.says(`FILE_TRANS /send_file @${name} m`);
      await alice.hears('-SOFT_ERR no such user!');
    }
    alice.says('FILE_TRANS /send_file @alice m');
    await alice.hears("-SOFT_ERR you can't send a file to yourself!");
  },
});
