import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOut } from './layout.ts';

const wish = fc.constantFrom(undefined, true, false);

test('at every size the panes stand side by side, with a column between, and messages have room', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), wish, wish, (columns, list, people) => {
      const layout = layOut(columns, 24, { list, people });
      const panes = [layout.list, layout.messages, layout.people].filter(
        (pane) => pane !== undefined,
      );
      assert.ok(panes.length > 0);
      let next = 0;
      for (const { left, width } of panes) {
        assert.equal(left, next);
        assert.ok(width > 0);
        next = left + width + 1;
      }
      assert.equal(next - 1, columns);
      if (columns >= 60) assert.ok((layout.messages?.width ?? 0) >= 36);
    }),
  );
});
