import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxPeople, People } from './people.ts';

test('who was meant: other letter case first, then a slip, never the name itself', () => {
  const people = new People();
  for (const name of ['Bobb', 'bob', 'unknown', 'alice']) people.saw(name);
  assert.equal(people.meantBy('BOB'), 'bob');
  assert.equal(people.meantBy('alcie'), 'alice');
  assert.equal(people.meantBy('bob'), 'Bobb');
  assert.equal(people.meantBy('zaphod'), undefined);
  assert.equal(people.meantBy('unknow'), undefined, 'not a name but a place holder');
});

test('names are bounded: those seen longest ago go first', () => {
  const people = new People();
  people.saw('first');
  people.saw('second');
  people.saw('first');
  for (let number = 0; number < maxPeople - 1; number++) people.saw(`n${number}`);
  assert.equal(people.names.length, maxPeople);
  assert.ok(people.names.includes('first'));
  assert.ok(!people.names.includes('second'));
});
