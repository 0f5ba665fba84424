// The server is killed at random moments while several people write. They come back and repeat what was not
// acknowledged. At the end everything acknowledged or received is in the history, once and in order.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { verifyStore } from '../../src/store/sqlite/check/verify.ts';
import {
  createDevice,
  logIn,
  type ExtendedClient,
  type Heard,
} from '../support/extended-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const rounds = Number(process.env['KILL_ROUNDS'] ?? 10);
const names = ['ada', 'ben', 'cleo', 'dan'];
const places = ['lobby', '#crew'];

/** The most messages of a sender in flight. */
const window = 20;

const placeOf = (number: number) => places[number % places.length] ?? '';

/** A person who sends one message after the other, and repeats what was not acknowledged. */
class Sender {
  readonly name: string;
  readonly device = createDevice();
  readonly heard: Heard[] = [];
  /** All messages up to this number. Later ones may be acknowledged too, if an earlier repeat is still looked up. */
  acknowledged = 0;
  readonly #beyond = new Set<number>();
  client: ExtendedClient | undefined;
  #said = 0;

  constructor(name: string) {
    this.name = name;
  }

  get said(): number {
    return this.#said;
  }

  async logIn(t: TestContext, at: Listener): Promise<ExtendedClient> {
    this.client = await logIn(t, at, this.name, { device: this.device });
    return this.client;
  }

  /**
   * Sends until the connection ends, or until everything up to the number `last` is acknowledged.
   * @param onAcknowledged called for each message
   */
  async talk(last: number, onAcknowledged: () => void = () => {}): Promise<void> {
    const { client } = this;
    assert.ok(client);
    for (let number = this.acknowledged + 1; number <= this.#said; number++)
      this.#say(client, number);
    while (this.acknowledged < last) {
      while (this.#said < last && this.#said < this.acknowledged + window)
        this.#say(client, ++this.#said);
      let event: Heard;
      try {
        event = await client.next();
      } catch {
        // The server is gone, as expected.
        return;
      }
      if (event.verb === 'MSG') this.heard.push(event);
      if (event.verb !== 'SENT') continue;
      const number = Number(String(event['id']).split('.')[1]);
      const isRepeat = event['repeated'] === true;
      // The answer to a repeat may come after those to later messages. All others come once.
      if (number <= this.acknowledged || this.#beyond.has(number)) {
        assert.ok(isRepeat, `${number} is acknowledged twice`);
        continue;
      }
      assert.ok(!isRepeat || number === this.acknowledged + 1, `${number} is out of order`);
      this.#beyond.add(number);
      while (this.#beyond.delete(this.acknowledged + 1)) this.acknowledged++;
      onAcknowledged();
    }
  }

  #say(client: ExtendedClient, number: number): void {
    const text = `${this.name} says ${number}`;
    client.say('SEND', { in: placeOf(number), id: `${this.name}.${number}`, text });
  }
}

test('killed at any moment: what was acknowledged is there, once and in order', async (t) => {
  const data = await temporaryFolder(t);
  const args = ['--data', data, '--ping-interval', '0', '--limits', 'off'];
  const senders = names.map((name) => new Sender(name));
  for (let round = 0; round < rounds; round++) {
    const server = await startServerProgram(t, { args });
    for (const sender of senders) {
      const client = await sender.logIn(t, server.plain);
      if (round > 0) continue;
      client.lines.send(
        `${sender === senders[0] ? 'CREATE_GROUP /create_group' : 'JOIN_GROUP /join'} crew`,
      );
      await client.until('JOINED');
    }
    const enough = randomInt(400);
    let acknowledged = 0;
    const kill = () => {
      if (acknowledged++ === enough) server.process.kill('SIGKILL');
    };
    if (enough === 0) kill();
    await Promise.all(senders.map((sender) => sender.talk(Infinity, kill)));
    await server.ended;
  }

  const server = await startServerProgram(t, { args });
  for (const sender of senders) await sender.logIn(t, server.plain);
  await Promise.all(senders.map((sender) => sender.talk(sender.said)));
  const [reader] = senders;
  assert.ok(reader?.client);
  for (const place of places) {
    const history: readonly Heard[] = await reader.client.history(place);
    checkOrder(history);
    const bySeq = new Map(history.map((message) => [message['seq'], message]));
    for (const { name, acknowledged, heard } of senders) {
      const own = history.filter(({ from }) => from === name);
      const numbers = Array.from({ length: acknowledged }, (_, at) => at + 1);
      const expected = numbers.filter((number) => placeOf(number) === place);
      assert.deepEqual(
        own.map(({ id, text }) => [id, text]),
        expected.map((number) => [`${name}.${number}`, `${name} says ${number}`]),
      );
      for (const message of heard) {
        if (message['in'] === place) assert.deepEqual(bySeq.get(message['seq']), message);
      }
    }
  }
  assert.ok(senders.every(({ heard }) => heard.length > 0));
  await server.stop();
  await verifyStore(join(data, 'helo.db'));
});

function checkOrder(history: readonly Heard[]): void {
  const numbers = history.map(({ seq }) => seq as number);
  for (const [at, number] of numbers.entries())
    assert.ok(at === 0 || number > (numbers[at - 1] ?? 0));
}
