import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameWalk } from './frame-walk.ts';

interface Frame {
  readonly kind: 'piece' | 'last' | 'ping';
  readonly length: number;
}

const firstByte = { piece: 0x02, last: 0x82, ping: 0x89 } as const;

/** A masked frame, as browsers send it. */
function bytesOf({ kind, length }: Frame): number[] {
  const size =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 0xff]
        : [127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff];
  const [short = 0, ...more] = size;
  return [firstByte[kind], 0x80 | short, ...more, 1, 2, 3, 4, ...Array.from({ length }, () => 7)];
}

test('what is held is what came of a message that is not whole, however it was cut', () => {
  const length = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.constantFrom(125, 126, 65_535, 65_536),
  );
  const frame = fc.record({ kind: fc.constantFrom('piece', 'last', 'ping'), length });
  fc.assert(
    fc.property(
      fc.array(frame as fc.Arbitrary<Frame>, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 }),
      (frames, cuts) => {
        const whole = Uint8Array.from(frames.flatMap(bytesOf));
        const walk = new FrameWalk();
        for (let at = 0, cut = 0; at < whole.length; cut++) {
          const end = at + (cuts[cut % cuts.length] ?? 1);
          walk.walk(whole.subarray(at, end));
          at = end;
        }
        const last = frames.findLastIndex(({ kind }) => kind === 'last');
        const rest = frames.slice(last + 1).filter(({ kind }) => kind === 'piece');
        assert.equal(
          walk.held,
          rest.reduce((sum, piece) => sum + piece.length, 0),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('a frame counts as it comes, with its head', () => {
  const walk = new FrameWalk();
  const bytes = Uint8Array.from(bytesOf({ kind: 'last', length: 200 }));
  const held = Array.from(bytes, (_, at) => {
    walk.walk(bytes.subarray(at, at + 1));
    return walk.held;
  });
  assert.deepEqual(
    held,
    Array.from(bytes, (_, at) => (at + 1 === bytes.length ? 0 : at + 1)),
  );
});
