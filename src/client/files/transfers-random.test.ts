// Random lives of transfers: lines in any order between people, transfers broken off, programs killed and restarted,
// disks that fill up, people who cancel. When all are back and nothing disturbs them any more, every file is at the
// receiver once, whole, or it is over on both sides and nothing of it is left.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { FileWorld, type FilePerson } from '../../../test/support/worlds/file-world.ts';
import { chunkBytes } from '../../e2ee/files/file-layout.ts';

const names = ['alice', 'bob', 'carol'] as const;
const who = fc.nat({ max: names.length - 1 });

type Act =
  | { readonly kind: 'send'; readonly who: number; readonly to: number; readonly chunks: number }
  | {
      readonly kind: 'deliver' | 'kill' | 'quit' | 'enter' | 'cancel' | 'fill' | 'clear';
      readonly who: number;
    }
  | { readonly kind: 'move' | 'cut' | 'wait'; readonly count: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      who,
      to: who,
      chunks: fc.nat({ max: 6 }),
    }),
  },
  { weight: 20, arbitrary: fc.record({ kind: fc.constant('deliver' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('kill' as const, 'quit' as const), who }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('enter' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'fill' as const), who }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('clear' as const), who }) },
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('move' as const), count: fc.nat({ max: 20 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('cut' as const, 'wait' as const),
      count: fc.nat({ max: 20 }),
    }),
  },
);

async function play(acts: readonly Act[], keepsNotes: boolean): Promise<void> {
  const world = new FileWorld();
  world.keepsNotes = keepsNotes;
  const people = names.map((name) => world.join(name));
  const person = (index: number): FilePerson => people[index] as FilePerson;
  const sent: { readonly to: string; readonly name: string; readonly content: Buffer }[] = [];
  for (const act of acts) {
    switch (act.kind) {
      case 'send': {
        const { transfers } = person(act.who);
        const to = person(act.to).name;
        const name = `file-${sent.length}`;
        // A seed of its own for each file, so that no two are the same.
        const seed = createHash('sha256').update(name).digest();
        const content = Buffer.alloc(act.chunks * chunkBytes, seed);
        person(act.who).file(`/${name}`, content);
        if ((await transfers?.send(to, `/${name}`))?.ok) sent.push({ to, name, content });
        break;
      }
      case 'deliver':
        await world.deliver(person(act.who));
        break;
      case 'kill':
      case 'quit':
        if (person(act.who).transfers)
          await person(act.who).leave(act.kind === 'kill' ? 'killed' : 'quit');
        break;
      case 'enter':
        if (person(act.who).transfers === undefined) person(act.who).enter();
        break;
      case 'cancel':
        await person(act.who).transfers?.cancel(person(act.who).shown.at(-1)?.number);
        break;
      case 'fill':
      case 'clear':
        person(act.who).disk.isFull = act.kind === 'fill';
        break;
      case 'move':
      case 'cut': {
        const port = world.moving[act.count % Math.max(1, world.moving.length)];
        if (port !== undefined) await (act.kind === 'move' ? world.move(port) : world.cut(port));
        break;
      }
      case 'wait':
        world.timers.advance(act.count * 500);
    }
    await world.breathe();
  }
  for (const one of people) {
    one.disk.isFull = false;
    if (one.transfers === undefined) one.enter();
  }
  await world.pass(3_600_000, 30_000);

  for (const { to, name, content } of sent) {
    const { saved } = world.people.get(to)?.disk ?? { saved: [] };
    const copies = saved.filter((file) => file.name === name);
    assert.ok(copies.length <= 1, `${name} came ${copies.length} times`);
    for (const copy of copies) assert.deepEqual(copy.content, content);
  }
  for (const { name, disk, shown, events } of people) {
    for (const { state, name: file } of shown) {
      const { phase } = state;
      assert.ok(['delivered', 'saved', 'ended'].includes(phase), `${name}: ${file} is ${phase}`);
    }
    assert.equal(disk.parts.size, 0, `${name} keeps parts`);
    const kept = [...disk.records.keys()].filter((key) => !key.startsWith('settled'));
    assert.deepEqual(kept, [], `${name} remembers what is over`);
    // A person who is told that it was delivered can rely on it.
    for (const event of events) {
      if (event.type !== 'transfer' || event.transfer.state.phase !== 'delivered') continue;
      const { peer, name: file } = event.transfer;
      const there = world.people.get(peer)?.disk.saved.some((copy) => copy.name === file);
      assert.ok(there, `${file} was told as delivered`);
    }
  }
  assert.equal(world.timers.running, 0);
}

for (const [notes, keepsNotes] of [
  ['live notes', false],
  ['notes that the server keeps', true],
] as const) {
  test(`random lives of transfers end well, whatever happened on the way, with ${notes}`, async () => {
    const lives = fc.asyncProperty(fc.array(act, { maxLength: 150, size: 'max' }), (acts) =>
      play(acts, keepsNotes),
    );
    await fc.assert(lives, {
      numRuns: Number(process.env['HELO_RANDOM_RUNS'] ?? 60),
      includeErrorInReport: true,
    });
  });
}
