import assert from 'node:assert/strict';
import { agree, corrupted, delivered, portCloses } from '../support/worlds/file-people.ts';
import type { LineClient } from '../support/line-client.ts';
import { transcripts, type Stage } from './stage.ts';

const proof = `proof=${'A1_-'.repeat(10)}xyz`;

/** Both are in the chat and at the port of a file, the receiver first. The sender has not sent anything. */
async function meet(stage: Stage, metadata = 'm') {
  const [alice, bob] = await stage.people('alice', 'bob');
  const port = await agree({ alice: alice.client, bob: bob.client, metadata });
  const receiver = await stage.port(port);
  receiver.send('OPEN_PORT_TO_RECEIVE bob');
  const sender = await stage.port(port);
  return { alice, bob, port, receiver, sender };
}

/** The receiver sends `line`, and the sender gets `status`; then everything is closed. */
async function ends(
  { port, sender, receiver }: { port: number; sender: LineClient; receiver: LineClient },
  line: string,
  status: string,
): Promise<void> {
  receiver.send(line);
  assert.deepEqual(await sender.rest(), [status]);
  assert.deepEqual(await receiver.rest(), []);
  await portCloses(port);
}

transcripts({
  '[7.11] a file is offered, taken, sent, and its status comes back': async (stage) => {
    const met = await meet(stage, 'image.png,8,c0ffee');
    met.sender.send('FILE <alice @bob image.png,8,c0ffee aW1hZ2U=');
    await met.receiver.expect('FILE <alice @alice image.png,8,c0ffee aW1hZ2U=');
    await ends(met, `${delivered} @alice`, delivered);
  },

  '[7.11] a corrupted file is told to its sender': async (stage) => {
    const met = await meet(stage);
    met.sender.send('FILE <alice @bob m x');
    await met.receiver.expect('FILE <alice @alice m x');
    await ends(met, `${corrupted} @alice`, corrupted);
  },

  '[7.11] a receiver may say that it does not want the rest': async (stage) => {
    const met = await meet(stage);
    met.sender.send('FILE <alice @bob m the beginning');
    await met.receiver.expect('FILE <alice @alice m the beginning');
    await ends(met, `${corrupted} @alice`, corrupted);
  },

  '[7.11] any other words of the receiver are no delivery': async (stage) => {
    for (const line of [
      'FILE_STATUS File has successfully been delivered! @alice',
      `${delivered} @bob`,
      delivered,
      `${delivered} @alice `,
      '',
      'x'.repeat(200),
    ]) {
      const met = await meet(stage);
      met.sender.send('FILE <alice @bob m x');
      await met.receiver.expect('FILE <alice @alice m x');
      await ends(met, line, corrupted);
      met.alice.says('QUIT q');
      await met.alice.hearsLast('+OK Goodbye');
      met.bob.says('QUIT q');
      await met.bob.hearsLast('+OK Goodbye');
    }
  },

  '[7.11] the sender may come first, and go on while nobody is there': async (stage) => {
    const [alice, bob] = await stage.people('alice', 'bob');
    const port = await agree({ alice: alice.client, bob: bob.client });
    const sender = await stage.port(port);
    const content = 'content '.repeat(100_000);
    sender.send(`FILE <alice @bob m ${content}`);
    const receiver = await stage.port(port);
    receiver.send('OPEN_PORT_TO_RECEIVE bob');
    await receiver.expect(`FILE <alice @alice m ${content}`);
    await ends({ port, sender, receiver }, `${delivered} @alice`, delivered);
  },

  '[7.11] lines may come in any pieces, and end with CR LF': async (stage) => {
    const [alice, bob] = await stage.people('alice', 'bob');
    const port = await agree({ alice: alice.client, bob: bob.client, metadata: 'größe 3' });
    const receiver = await stage.port(port);
    const sender = await stage.port(port);
    const slowly = async (client: LineClient, text: string) => {
      for (const byte of Buffer.from(text)) {
        client.socket.write(Uint8Array.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all([
      slowly(receiver, 'OPEN_PORT_TO_RECEIVE bob\r\n'),
      slowly(sender, 'FILE <alice @bob größe 3 abc\r\n'),
    ]);
    await receiver.expect('FILE <alice @alice größe 3 abc');
    await slowly(receiver, `${delivered} @alice\r\n`);
    assert.deepEqual(await sender.rest(), [delivered]);
  },

  "[7.11] the content is the two people's own: spaces, semicolons, many lines, nothing at all":
    async (stage) => {
      for (const content of ['a b  c ', 'file;', 'one\ntwo\n\nthree', '']) {
        const met = await meet(stage);
        met.sender.send(`FILE <alice @bob m ${content}`);
        await met.receiver.expect(`FILE <alice @alice m ${content.split('\n')[0]}`);
        for (const line of content.split('\n').slice(1)) await met.receiver.expect(line);
        await ends(met, `${delivered} @alice`, delivered);
        await stage.clear();
      }
    },

  '[7.11] an empty file may come without the space before it': async (stage) => {
    const met = await meet(stage);
    met.sender.send('FILE <alice @bob m');
    await met.receiver.expect('FILE <alice @alice m ');
    await ends(met, `${delivered} @alice`, delivered);
  },

  '[7.11] metadata as long as a line allows': async (stage) => {
    const metadata = 'x'.repeat(65_536 - 'READY_FOR_FILE @alice '.length - 'proof='.length);
    const met = await meet(stage, metadata);
    met.sender.send(`FILE <alice @bob ${metadata} y`);
    await met.receiver.expect(`FILE <alice @alice ${metadata} y`);
    await ends(met, `${delivered} @alice`, delivered);
  },

  '[7.11] a receiver that has named a proof is let in by it': async (stage) => {
    const [alice, bob] = await stage.people('alice', 'bob');
    const port = await agree({ alice: alice.client, bob: bob.client, proof });
    const receiver = await stage.port(port);
    receiver.send(`OPEN_PORT_TO_RECEIVE bob ${proof}`);
    const sender = await stage.port(port);
    sender.send('FILE <alice @bob m content');
    await receiver.expect('FILE <alice @alice m content');
    await ends({ port, sender, receiver }, `${delivered} @alice`, delivered);
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

  '[7.11] only what was offered can be taken, and once': async ({ people }) => {
    const [alice, bob, carol] = await people('alice', 'bob', 'carol');
    alice.says('FILE_TRANS /send_file @bob m');
    await bob.hears('FILE_TRANS @alice m');
    carol.says('READY_FOR_FILE @alice m');
    await carol.hears('-SOFT_ERR no such file offer!');
    bob.says('READY_FOR_FILE @alice other');
    await bob.hears('-SOFT_ERR no such file offer!');
    bob.says('READY_FOR_FILE @alice m');
    assert.match(await bob.client.next(), /^OPEN_PORT_TO_RECEIVE \d+$/);
    bob.says('READY_FOR_FILE @alice m');
    await bob.hears('-SOFT_ERR no such file offer!');
  },

  '[7.11] a receiver that goes is told to the sender, and all is closed': async (stage) => {
    const met = await meet(stage);
    met.sender.send('FILE <alice @bob m x');
    await met.receiver.expect('FILE <alice @alice m x');
    met.receiver.socket.destroy();
    assert.deepEqual(await met.sender.rest(), [corrupted]);
    await portCloses(met.port);
  },

  '[7.11] a sender that goes is seen by the receiver, and all is closed': async (stage) => {
    const { port, sender, receiver } = await meet(stage);
    sender.socket.write('FILE <alice @bob m half\nof it\n', () => sender.socket.destroy());
    assert.deepEqual(await receiver.rest(), ['FILE <alice @alice m half', 'of it']);
    await portCloses(port);
  },

  '[7.11] who leaves the chat ends the transfer too': async (stage) => {
    for (const leaving of ['alice', 'bob'] as const) {
      const met = await meet(stage);
      met.sender.send('FILE <alice @bob m x');
      await met.receiver.expect('FILE <alice @alice m x');
      met[leaving].says('QUIT q');
      await met[leaving].hearsLast('+OK Goodbye');
      assert.deepEqual(await met.sender.rest(), [corrupted]);
      assert.deepEqual(await met.receiver.rest(), []);
      await portCloses(met.port);
      await stage.clear();
    }
  },

  'people go on talking while a file is on its way': async (stage) => {
    const met = await meet(stage);
    met.sender.send('FILE <alice @bob m and it is not over');
    await met.receiver.expect('FILE <alice @alice m and it is not over');
    met.alice.says('PM @bob how is it?');
    await met.bob.hears('PM alice how is it?');
    met.bob.says('BCST coming');
    await met.alice.hears('BCST [bob] coming');
    await met.bob.hears('+OK BCST coming');
    await ends(met, `${corrupted} @alice`, corrupted);
  },

  'several files at once, in both directions': async (stage) => {
    const [alice, bob] = await stage.people('alice', 'bob');
    const there = await agree({ alice: alice.client, bob: bob.client, metadata: 'm' });
    const second = await agree({ alice: alice.client, bob: bob.client, metadata: 'm' });
    bob.says('FILE_TRANS /send_file @alice back');
    await alice.hears('FILE_TRANS @bob back');
    alice.says('READY_FOR_FILE @bob back');
    const back = Number((await alice.client.next()).split(' ').at(-1));
    await bob.hears(`READY_FOR_FILE @alice back ${back}`);
    assert.equal(new Set([there, second, back]).size, 3);
    for (const [port, header, receiverName, forwarded] of [
      [second, 'FILE <alice @bob m two', 'bob', 'FILE <alice @alice m two'],
      [back, 'FILE <bob @alice back three', 'alice', 'FILE <bob @bob back three'],
      [there, 'FILE <alice @bob m one', 'bob', 'FILE <alice @alice m one'],
    ] as const) {
      const sender = await stage.port(port);
      sender.send(header);
      const receiver = await stage.port(port);
      receiver.send(`OPEN_PORT_TO_RECEIVE ${receiverName}`);
      await receiver.expect(forwarded);
      receiver.send(`${delivered} @${forwarded.split('@')[1]?.split(' ')[0]}`);
      assert.deepEqual(await sender.rest(), [delivered]);
    }
  },
});
