// Random conversations over a network that loses, repeats, reorders and relabels PM lines, with people who log in again
// and devices that lose their memory, in random order of everything. What must hold: nothing crashes; no text is shown
// twice, or under a wrong name, or altered; every text is either confirmed (and then was shown) or reported as not
// delivered; and when the network is good again, everybody can talk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { suite } from '../../../../test/support/pair.ts';
import { World, type Line, type Person } from '../../../../test/support/worlds/private-world.ts';
import { createDevice } from '../../../e2ee/device.ts';
import { ShownTexts } from '../shown-texts.ts';

const names = ['alice', 'bob', 'carol', 'dave'];
const devices = await Promise.all(names.map(() => createDevice(suite)));

type Fault = 'none' | 'drop' | 'repeat' | 'later' | 'relabel' | 'alter' | 'strip';
type Step =
  | { readonly do: 'say'; readonly who: number; readonly to: number }
  | { readonly do: 'relogin' | 'forget'; readonly who: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'move'; readonly times: number };

const person = fc.nat({ max: names.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('say' as const), who: person, to: person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('relogin' as const), who: person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), who: person }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(10, 150, 600, 2500, 5100),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('move' as const), times: fc.nat({ max: 9 }) }),
  },
);
const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 8, arbitrary: fc.constant('none' as const) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Fault>('drop', 'repeat', 'later', 'relabel', 'alter', 'strip'),
  },
);

class Play {
  readonly world = new World();
  readonly people: Person[] = [];
  /** Texts by id: who wrote what to whom. */
  readonly written = new Map<string, { from: string; to: string; text: string }>();
  /** What was shown to each person since their memory was last lost. */
  readonly #shown = new Map<Person, Set<string>>();
  readonly #checked = new Map<Person, number>();
  #number = 0;

  async begin(count: number): Promise<void> {
    for (const [index, name] of names.slice(0, count).entries()) {
      const joined = await this.world.join(name, devices[index]);
      this.people.push(joined);
      this.#shown.set(joined, new Set());
    }
  }

  say(from: Person, to: Person): void {
    const text = `text ${this.#number++} of ${from.name} to ${to.name}`;
    const sent = from.messenger.send(to.name, text);
    if (from === to) assert.ok(!sent.ok && sent.error.code === 'self');
    else {
      assert.ok(sent.ok);
      this.written.set(sent.value, { from: from.name, to: to.name, text });
    }
  }

  forget(who: Person): void {
    who.shown = new ShownTexts();
    this.#shown.set(who, new Set());
  }

  /** Compares the events since the last check with what was written. */
  check(): void {
    for (const reader of this.people) {
      const from = this.#checked.get(reader) ?? 0;
      this.#checked.set(reader, reader.events.length);
      for (const event of reader.events.slice(from)) {
        assert.notEqual(event.type, 'plaintext');
        if (event.type !== 'text') continue;
        const { id, text } = event;
        assert.deepEqual(this.written.get(id), { from: event.from, to: reader.name, text });
        assert.ok(!this.#shown.get(reader)?.has(id), `${text} is shown twice`);
        this.#shown.get(reader)?.add(id);
      }
    }
  }
}

/**
 * A network with one fault after the other from `faults`, for PM lines only. The returned function repairs it. Lines
 * that it still held back are lost.
 */
function badNetwork(play: Play, faults: readonly Fault[]): () => void {
  let next = 0;
  const late = new Map<Person, Line[]>();
  play.world.tamper = (line, to) => {
    const before = late.get(to) ?? [];
    late.delete(to);
    if (line.verb !== 'PM') return [line, ...before];
    const [token = '', ...welcome] = (line.rest[0] ?? '').split(' ');
    const other = play.people.find(({ name }) => name !== line.peer && name !== to.name);
    switch (faults[next++]) {
      case 'drop':
        return before;
      case 'repeat':
        return [line, ...before, line];
      case 'later':
        late.set(to, [...before, line]);
        return [];
      case 'relabel':
        return [{ ...line, peer: other?.name ?? line.peer }, ...before];
      case 'alter': {
        const bytes = Buffer.from(token, 'base64url');
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        return [
          { ...line, rest: [[bytes.toString('base64url'), ...welcome].join(' ')] },
          ...before,
        ];
      }
      case 'strip':
        return [{ ...line, rest: [token] }, ...before];
      case 'none':
      case undefined:
      default:
        return [line, ...before];
    }
  };
  return () => {
    next = faults.length;
    late.clear();
  };
}

test('random faults, logins and losses of state: nothing twice, nothing wrong, nothing lost silently', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 4 }),
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.array(fault, { maxLength: 60 }),
      fc.infiniteStream(fc.nat()),
      async (count, steps, faults, choices) => {
        const play = new Play();
        const { world, people } = play;
        await play.begin(count);
        const heal = badNetwork(play, faults);
        const choose = (of: number): number => (of === 0 ? 0 : choices.next().value % of);
        const whom = (index: number): Person => people[index % count] ?? assert.fail();
        for (const made of steps) {
          if (made.do === 'say') play.say(whom(made.who), whom(made.to));
          else if (made.do === 'pass') await world.pass(made.ms, choose);
          else if (made.do === 'move') {
            for (let time = 0; time < made.times; time++) {
              for (const { messenger } of people) await messenger.idle();
              const links = world.links();
              const link = links[choose(links.length)];
              if (link !== undefined) await world.move(link);
            }
          } else {
            await whom(made.who).relogin();
            play.check();
            if (made.do === 'forget') {
              play.forget(whom(made.who));
              await whom(made.who).relogin();
            }
          }
        }
        await world.pass(120_000, choose);
        play.check();

        const settled = new Map<string, string[]>();
        for (const writer of people) {
          for (const event of writer.events) {
            if (event.type === 'delivered' || event.type === 'not-delivered') {
              settled.set(event.id, [...(settled.get(event.id) ?? []), event.type]);
            }
          }
        }
        for (const [id, { to, text }] of play.written) {
          assert.equal(settled.get(id)?.length, 1, `${text}: ${settled.get(id)?.join()}`);
          const reader = world.people.get(to);
          const wasShown = reader?.all('text').some((event) => event.id === id);
          if (settled.get(id)?.[0] === 'delivered') assert.ok(wasShown, `${text} was not shown`);
        }

        // The network is good now: everybody reaches everybody, within the time of one renewal.
        heal();
        await world.pass(600_000);
        for (const { events } of people) events.length = 0;
        for (const from of people) {
          for (const to of people) if (from !== to) play.say(from, to);
        }
        await world.pass(12_000, choose);
        for (const reader of people) {
          const expected = [...play.written.values()]
            .slice(-count * (count - 1))
            .filter(({ to }) => to === reader.name)
            .map(({ from, text }) => `${from}: ${text}`);
          assert.deepEqual(reader.read().sort(), expected.sort());
        }
        for (const writer of people) assert.equal(writer.all('delivered').length, count - 1);
        for (const { messenger } of people) await messenger.close();
        assert.equal(world.timerCount, 0);
      },
    ),
    {
      numRuns: Number(process.env['HELO_RANDOM_RUNS'] ?? 25),
      includeErrorInReport: true,
      ...(process.env['HELO_RANDOM_SEED'] === undefined
        ? {}
        : { seed: Number(process.env['HELO_RANDOM_SEED']) }),
    },
  );
});
