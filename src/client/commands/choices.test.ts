import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from '../client-event.ts';
import { choicesFor, type Choice } from './choices.ts';
import { commandOf } from './table.ts';

const asking: readonly ClientEvent[] = [
  { type: 'private', event: { type: 'key-new', user: 'bob' } },
  { type: 'private', event: { type: 'key-changed', user: 'bob', wasVerified: true } },
  { type: 'private', event: { type: 'devices-changed', user: 'bob', changes: [], isHeld: true } },
  { type: 'history-asked', device: new Uint8Array(32) },
  { type: 'backup', news: { kind: 'remember' } },
  { type: 'directory', news: { kind: 'alarm', alarm: { kind: 'no-list' } } },
];

test('each choice is a command that there is, with the name of the person', () => {
  for (const event of asking) {
    const choices: readonly Choice[] = choicesFor(event);
    assert.ok(choices.length > 0, event.type);
    for (const { typed } of choices) {
      const [verb = '', person = ''] = typed.split(' ');
      assert.ok(commandOf(verb) !== undefined, typed);
      if (event.type === 'private') assert.equal(person, '@bob');
    }
  }
});

test('what cannot be taken back is asked for twice', () => {
  const final = asking.flatMap(choicesFor).filter(({ isFinal }) => isFinal === true);
  assert.deepEqual(
    final.map(({ typed }) => typed),
    ['/trust @bob', '/trust @bob', '/directory accept'],
  );
});

test('nothing is decided where nothing is asked', () => {
  assert.deepEqual(choicesFor({ type: 'goodbye' }), []);
  const told = { type: 'devices-changed', user: 'bob', changes: [], isHeld: false } as const;
  assert.deepEqual(choicesFor({ type: 'private', event: told }), []);
});
