// Random lives of three people at a server that is restored again and again, by hand or with `helo restore`, while
// anybody may be away. What was shown once is always found again, once. What was sent after the last restore reaches
// everybody, and no private text is lost, whenever it was sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textOf } from '../content.ts';
import {
  AccountWorld,
  Person,
  turns,
  until,
  type Backup,
} from '../../../test/support/worlds/account-world.ts';
import { alice as aliceDevice, bob as bobDevice, suite } from '../../../test/support/pair.ts';
import { createDevice } from '../../e2ee/device.ts';

const names = ['alice', 'bob', 'carol'] as const;
const who = fc.constantFrom(...names);
const act = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      who,
      to: fc.constantFrom('lobby' as const, ...names),
      many: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('turns' as const), count: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'quiet' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('away' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('back' as const), who }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'copy' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('put back' as const),
      which: fc.nat(5),
      isTold: fc.boolean(),
    }),
  },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

class History {
  readonly world = new AccountWorld();
  readonly people: readonly Person[];
  readonly #copies: Backup[] = [];
  readonly #shown = new Map<string, string[]>();
  /** Private texts that are on their sender's disk. */
  readonly #private: { readonly text: string; readonly to: string }[] = [];
  #count = 0;

  constructor(third: Awaited<ReturnType<typeof createDevice>>) {
    const devices = { alice: aliceDevice, bob: bobDevice, carol: third };
    this.people = names.map((name) => new Person(this.world, name, devices[name]));
  }

  async begin(): Promise<void> {
    await this.comeBack();
    const isStocked = () => this.people.every(({ store }) => store.records.packages.length > 10);
    await until(this.world, isStocked, 'keys are left');
    this.#copies.push(this.world.backup());
  }

  person(name: string): Person {
    const found = this.people.find((person) => person.name === name);
    assert.ok(found);
    return found;
  }

  async take(one: Act): Promise<void> {
    switch (one.kind) {
      case 'say':
        for (let said = 0; said < one.many; said++) await this.say(this.person(one.who), one.to);
        return;
      case 'turns':
        return turns(one.count);
      case 'quiet':
        return this.quiet();
      case 'away':
        return this.person(one.who).kill();
      case 'back':
        if (!this.person(one.who).isRunning) await this.person(one.who).start();
        return;
      case 'copy':
        this.#copies.push(this.world.backup());
        return;
      case 'restart':
        return this.world.restart();
      case 'put back': {
        const copy = this.#copies[one.which % this.#copies.length];
        if (copy !== undefined) this.world.putBack(copy, one.isTold);
      }
    }
  }

  /** Sends a message, and waits until it is on the sender's disk. */
  async say(from: Person, to: string): Promise<string | undefined> {
    this.#count += 1;
    const text = `text ${this.#count}`;
    const done =
      to === 'lobby' ? from.client?.broadcast(text) : from.client?.privateMessage(to, text);
    if (done?.ok !== true || to === from.name) return undefined;
    if (to === 'lobby') return text;
    const isKept = () => from.store.messages.some((message) => textOf(message.content) === text);
    await until(this.world, () => isKept() || !from.isRunning, 'it is on the disk');
    if (isKept()) this.#private.push({ text, to });
    return text;
  }

  /** Everybody connected has sent and read everything. */
  async quiet(): Promise<void> {
    const there = () => this.people.filter(({ isRunning }) => isRunning);
    const isQuiet = () => there().every(({ isIn, client }) => isIn && client?.unsent === 0);
    await until(this.world, isQuiet, 'nothing waits');
    await turns(60);
    await until(this.world, isQuiet, 'nothing waits');
  }

  async comeBack(): Promise<void> {
    for (const person of this.people) {
      while (!person.isIn) {
        if (!person.isRunning) {
          person.kill();
          await person.start();
        }
        await until(this.world, () => person.isIn || !person.isRunning, 'they are in or gone');
      }
    }
  }

  /** Checks what is shown: nothing twice, and everything that was shown before, in order. */
  async look(): Promise<void> {
    for (const person of this.people) {
      assert.ok(!person.events.some(({ type }) => type === 'twin'), 'nobody uses a copy');
      for (const { name } of person.store.records.conversations) {
        const kept = await person.store.history(name, undefined, 10_000);
        const texts = kept.filter(
          ({ from, unreadable }) => from !== undefined && unreadable === undefined,
        );
        const all = texts.map(({ content }) => textOf(content));
        assert.equal(new Set(all).size, all.length, `twice in ${name} of ${person.name}`);
        const key = `${person.name} ${name}`;
        for (const text of this.#shown.get(key) ?? []) {
          assert.ok(all.includes(text), `${text} is lost in ${name} of ${person.name}`);
        }
        this.#shown.set(key, all);
      }
    }
  }

  async end(): Promise<void> {
    await this.comeBack();
    await this.quiet();
    const said: { readonly text: string; readonly to: readonly string[] }[] = [];
    for (const from of this.people) {
      for (const to of ['lobby', ...names]) {
        const text = await this.say(from, to);
        const hearers = to === 'lobby' ? names : [to];
        if (text !== undefined) said.push({ text, to: hearers });
      }
    }
    said.push(...this.#private.map(({ text, to }) => ({ text, to: [to] })));
    const missing = () =>
      said.flatMap(({ text, to }) =>
        to
          .filter(
            (name) => !this.person(name).store.messages.some((one) => textOf(one.content) === text),
          )
          .map((name) => `${text} at ${name}`),
      );
    await until(this.world, () => missing().length === 0, 'all of it is heard').catch(() =>
      assert.fail(`never heard: ${missing().join(', ')}`),
    );
    await this.quiet();
    await this.look();
    const log = this.world.log('lobby').map(({ text }) => text);
    assert.equal(new Set(log).size, log.length, 'nothing is said twice to all');
  }
}

test('a server that is put back at any moment: nothing that was shown is lost, nothing that is said', async () => {
  const third = await createDevice(suite);
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 16, size: 'max' }), async (acts) => {
      const history = new History(third);
      await history.begin();
      for (const one of acts) {
        await history.take(one);
        await history.look();
      }
      await history.end();
      for (const person of history.people) person.kill();
    }),
    { numRuns: Number(process.env['RUNS'] ?? 4), includeErrorInReport: true },
  );
});
