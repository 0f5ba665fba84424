// The age by which messages disappear: no single clock moves it, and it never goes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KeptValue } from '../store/store-port.ts';
import { Age } from './age.ts';

const day = 86_400_000;

function begun(at = 1_000_000_000_000) {
  const wall = { at };
  let kept: readonly KeptValue[] = [];
  let age = new Age(kept, () => wall.at);
  const start = age.now;
  return {
    wall,
    get age() {
      return age;
    },
    get passed() {
      return age.now - start;
    },
    stop() {
      const { change } = age;
      assert.ok(change.type === 'kept-value' && change.value !== undefined);
      kept = [{ name: change.name, value: change.value }];
    },
    start() {
      age = new Age(kept, () => wall.at);
    },
  };
}

test('time counts while the program runs, and at a login what both clocks say has passed', () => {
  const it = begun();
  it.age.login(5 * day);
  it.age.pass(60_000);
  assert.equal(it.passed, 60_000);
  it.stop();
  it.wall.at += 3 * day;
  it.start();
  assert.equal(it.passed, 60_000, 'nobody knows yet');
  assert.equal(it.age.latest - it.age.now, 3 * day - 60_000);
  it.age.login(8 * day);
  assert.equal(it.passed, 3 * day);
});

test('one clock that is set, once, ends nothing early and brings nothing back', () => {
  for (const whose of ['own', "the server's"]) {
    for (const jump of [365 * day, -365 * day]) {
      const it = begun();
      it.age.login(5 * day);
      it.wall.at += day + (whose === 'own' ? jump : 0);
      it.age.login(6 * day + (whose === 'own' ? 0 : jump));
      assert.ok(it.passed >= 0 && it.passed <= day, `${whose} ${jump}: ${it.passed}`);
      if (jump > 0) assert.equal(it.passed, day, 'on time all the same');
    }
  }
});

test('a clock that is wrong while nothing disappears does no harm', () => {
  const it = begun(0);
  it.age.login(5 * day);
  it.wall.at = 20_000 * day;
  it.age.idle();
  assert.equal(it.age.now, 20_000 * day);
  it.wall.at += day;
  it.age.login(6 * day);
  assert.ok(it.age.now <= 20_001 * day);
});

test('with honest clocks it is never ahead of the true time, whatever the order of runs, logins and stops', () => {
  const step = fc.record({
    what: fc.constantFrom('run', 'off', 'login', 'stop', 'set own', 'set own back'),
    ms: fc.integer({ min: 0, max: 10 * day }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, isSet) => {
      const it = begun();
      let server = 7_000 * day;
      let past = 0;
      let before = it.age.now;
      const first = before;
      for (const { what, ms } of steps) {
        if (what === 'run' || what === 'off') {
          it.wall.at += ms;
          server += ms;
          past += ms;
          if (what === 'run') it.age.pass(ms);
        } else if (what === 'login') it.age.login(server);
        else if (what === 'stop') {
          it.stop();
          it.start();
        } else if (isSet) it.wall.at += what === 'set own' ? ms : -ms;
        assert.ok(it.age.now >= before, 'it only grows');
        before = it.age.now;
        // However often the own clock is set: the server's does not agree.
        assert.ok(it.age.now - first <= past, `${it.age.now - first} of ${past}`);
      }
      if (!isSet) {
        it.age.login(server);
        const began = it.age.now;
        it.wall.at += day;
        it.age.login(server + day);
        assert.equal(it.age.now - began, day);
      }
    }),
  );
});
