// Two people who write at the same time, in random order of everything, with programs that crash and stores that fail
// at any step. What must hold: no key encrypts two messages that are sent (the world checks it), every text is read
// once, in the order in which it was written, and in the end both write in the same session.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import fc from 'fast-check';
import {
  DirectWorld,
  type DirectPerson,
  type Trouble,
} from '../../../../test/support/worlds/direct-world.ts';

const runs = Number(process.env['HELO_RANDOM_RUNS'] ?? 15);
const hour = 3_600_000;

const who = fc.constantFrom('alice' as const, 'bob' as const);
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 6, arbitrary: fc.constant('none' as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Trouble>('write-fails', 'crash-before', 'crash-after'),
  },
);
const some = fc.integer({ min: 1, max: 5 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('say' as const), who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('seal' as const), who, trouble }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      who,
      count: some,
      receive: fc.boolean(),
      trouble,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('read' as const), who, count: some, trouble }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stock' as const), who, trouble }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tidy' as const), who }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class Play {
  readonly world = new DirectWorld();
  readonly said = { alice: [] as string[], bob: [] as string[] };

  async begin(): Promise<void> {
    for (const name of ['alice', 'bob']) await (await this.world.join(name)).stock(3);
  }

  person(name: 'alice' | 'bob'): DirectPerson {
    return this.world.people.get(name) ?? assert.fail();
  }

  async take(made: Step): Promise<void> {
    const person = this.person(made.who);
    switch (made.do) {
      case 'say':
        this.say(made.who);
        break;
      case 'seal':
        await person.seal(made.trouble);
        break;
      case 'send':
        await person.send(made.count, made.receive, made.trouble);
        break;
      case 'read':
        await person.read(made.count, made.trouble);
        break;
      case 'stock':
        await person.stock(1, made.trouble);
        break;
      case 'crash':
        person.crash();
        break;
      case 'wait':
        mock.timers.tick(25 * hour);
        break;
      case 'tidy':
        await person.read(1000);
        person.write({ changes: person.engine.tidy() });
        break;
    }
  }

  say(name: 'alice' | 'bob'): void {
    const text = `text ${this.said[name].length} of ${name}`;
    this.said[name].push(text);
    this.person(name).say(name === 'alice' ? 'bob' : 'alice', text);
  }

  /** Lets everything arrive. */
  async settle(): Promise<void> {
    const both = [this.person('alice'), this.person('bob')];
    const isQuiet = (): boolean =>
      both.every(({ outbox, cursor }) => outbox.length === 0 && cursor === this.world.log.length);
    for (let round = 0; round < 20 && !isQuiet(); round++) {
      for (const person of both) {
        mock.timers.tick(120_000);
        for (let sealing = 0; sealing < 200; sealing++) {
          if ((await person.seal()) === 'nothing') break;
        }
        await person.send(1000, true);
      }
      for (const person of both) await person.read(1000);
    }
    for (const person of both) assert.deepEqual(person.outbox, []);
  }

  check(): void {
    assert.deepEqual(this.person('alice').textsOf('bob'), this.said.bob);
    assert.deepEqual(this.person('bob').textsOf('alice'), this.said.alice);
  }

  async checkSession(): Promise<void> {
    const [one, other] = [this.person('alice'), this.person('bob')];
    // A new session may be made before it is used: the next text uses it.
    const isRotating = (): boolean =>
      [...one.sessions.values(), ...other.sessions.values()].some(({ order }) => !order);
    for (let round = 0; round === 0 || (round < 4 && isRotating()); round++) {
      for (const name of ['alice', 'bob'] as const) {
        this.say(name);
        await this.settle();
      }
    }
    assert.equal(await one.sessionTo('bob'), await other.sessionTo('alice'));
  }
}

async function play(steps: readonly Step[], extra?: (play: Play) => Promise<void>): Promise<void> {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) });
  try {
    const made = new Play();
    await made.begin();
    for (const one of steps) await made.take(one);
    await extra?.(made);
    await made.settle();
    made.check();
    await made.checkSession();
    made.check();
  } finally {
    mock.timers.reset();
  }
}

test('both write, programs crash, stores fail: all is read once, in order, and no key serves twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) =>
      play(steps),
    ),
    { numRuns: runs, includeErrorInReport: true },
  );
});

test('one of them loses all keys at any moment: what could not be read is asked for, and takes its place', async () => {
  const asked = fc.array(step, { minLength: 10, maxLength: 40, size: 'max' });
  await fc.assert(
    fc.asyncProperty(asked, who, (steps, loser) =>
      play(steps, async (made) => {
        const person = made.person(loser);
        person.loseKeys();
        await person.stock(3);
        made.say(loser);
      }),
    ),
    { numRuns: runs, includeErrorInReport: true },
  );
});
