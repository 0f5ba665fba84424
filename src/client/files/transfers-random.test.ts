// Random lives of transfers: lines in any order between people, transfers broken off, programs killed and restarted,
// disks that fill up, people who cancel. When all are back and nothing disturbs them any more, every file is at the
// receiver once, whole, or it is over on both sides and nothing of it is left. Where the server keeps files, who sends to
// themselves sends to a sealed group of all, and what a sender calls kept is at everybody, unless somebody cancelled it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { FileWorld, type FilePerson } from '../../../test/support/worlds/file-world.ts';
import { chunkBytes } from '../../e2ee/files/file-layout.ts';
import type { GroupName } from '../../wire/text.ts';

const names = ['alice', 'bob', 'carol'] as const;
const team = { kind: 'group', group: 'team' as GroupName } as const;
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

interface ServerKind {
  readonly keepsNotes: boolean;
  readonly keepsFiles: boolean;
}

async function play(acts: readonly Act[], { keepsNotes, keepsFiles }: ServerKind): Promise<void> {
  const world = new FileWorld();
  world.keepsNotes = keepsNotes;
  world.keepsFiles = keepsFiles;
  world.keptServer.groups.set('team', names);
  const people = names.map((name) => world.join(name));
  const person = (index: number): FilePerson => people[index] as FilePerson;
  const sent: {
    readonly to: readonly string[];
    readonly name: string;
    readonly content: Buffer;
  }[] = [];
  const cancelled = new Set<string>();
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
        const isToAll = keepsFiles && act.to === act.who;
        const where = isToAll ? team : ({ kind: 'direct', user: to } as const);
        const others = names.filter((other) => other !== person(act.who).name);
        if ((await transfers?.send(where, `/${name}`))?.ok)
          sent.push({ to: isToAll ? others : [to], name, content });
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
      case 'cancel': {
        const last = person(act.who).shown.at(-1);
        if (last !== undefined) cancelled.add(last.name);
        await person(act.who).transfers?.cancel(last?.number);
        break;
      }
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
  // What the server keeps, and a full disk had no room for.
  for (const { transfers, shown } of people) {
    for (const { number, direction } of shown) {
      if (direction === 'incoming') await transfers?.accept(number);
    }
  }
  await world.pass(60_000, 30_000);

  for (const { to: all, name, content } of sent)
    for (const to of all) {
      const { saved } = world.people.get(to)?.disk ?? { saved: [] };
      const copies = saved.filter((file) => file.name === name);
      assert.ok(copies.length <= 1, `${name} came ${copies.length} times`);
      for (const copy of copies) assert.deepEqual(copy.content, content);
    }
  for (const { name, disk, shown, events } of people) {
    for (const { state, name: file } of shown) {
      const { phase } = state;
      assert.ok(
        ['delivered', 'kept', 'saved', 'ended'].includes(phase),
        `${name}: ${file} is ${phase}`,
      );
    }
    assert.equal(disk.parts.size, 0, `${name} keeps parts`);
    const kept = [...disk.records.keys()].filter((key) => !key.startsWith('settled'));
    assert.deepEqual(kept, [], `${name} remembers what is over`);
    // A person who is told that it was delivered can rely on it.
    for (const event of events) {
      if (event.type !== 'transfer') continue;
      const { peer, name: file, state } = event.transfer;
      const isKept = state.phase === 'kept' && !cancelled.has(file);
      if (state.phase !== 'delivered' && !isKept) continue;
      const all = peer === '#team' ? names.filter((other) => other !== name) : [peer];
      for (const other of all) {
        const there = world.people.get(other)?.disk.saved.some((copy) => copy.name === file);
        assert.ok(there, `${file} was told as ${state.phase}, and ${other} has none`);
      }
    }
  }
  assert.equal(world.timers.running, 0);
}

for (const [what, kind] of [
  ['live notes', { keepsNotes: false, keepsFiles: false }],
  ['notes that the server keeps', { keepsNotes: true, keepsFiles: false }],
  ['files that the server keeps', { keepsNotes: true, keepsFiles: true }],
] as const) {
  test(`random lives of transfers end well, whatever happened on the way, with ${what}`, async () => {
    const lives = fc.asyncProperty(fc.array(act, { maxLength: 150, size: 'max' }), (acts) =>
      play(acts, kind),
    );
    await fc.assert(lives, {
      numRuns: Number(process.env['HELO_RANDOM_RUNS'] ?? 60),
      includeErrorInReport: true,
    });
  });
}
