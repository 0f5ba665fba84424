import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calmMs, frameMs, FramePacer } from './frame-pacer.ts';

for (const between of [frameMs, calmMs]) {
  test(`what others do is drawn at most every ${between} ms, what the person does at once`, (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let clock = 0;
    t.mock.method(performance, 'now', () => clock);
    const tick = (ms: number): void => {
      clock += ms;
      t.mock.timers.tick(ms);
    };
    let drawn = 0;
    const pacer = new FramePacer(() => (drawn += 1));
    pacer.between = between;
    pacer.now();
    for (let ms = 0; ms < 10 * between; ms++) {
      pacer.soon();
      tick(1);
    }
    assert.ok(drawn >= 10 && drawn <= 11, `${drawn}`);
    const before = drawn;
    pacer.now();
    assert.equal(drawn, before + 1);
    // Long after the last frame, the next one does not wait.
    tick(between);
    pacer.soon();
    tick(0);
    assert.equal(drawn, before + 2);
  });
}
