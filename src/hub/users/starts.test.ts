// The starts of a device's program [12.5]: the last one is kept, and who else is here hears of another one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceOf, Stage } from '../stage.fixture.ts';

type Heard = ReturnType<Stage['events']>;

const startsIn = (heard: Heard) =>
  heard.flatMap((event) =>
    typeof event === 'object' && (event.verb === 'WELCOME' || event.verb === 'START')
      ? [`${event.verb} ${event.start ?? '-'}`]
      : [],
  );

function logIn(stage: Stage, connection: number, start: string | undefined, name = 'alice') {
  return startsIn(stage.account(connection, name, { start }));
}

test('WELCOME names the start before, and nothing where it is the same or none', () => {
  const stage = new Stage();
  assert.deepEqual(logIn(stage, 1, 'a.1'), ['WELCOME -']);
  stage.disconnect(1);
  assert.deepEqual(logIn(stage, 2, 'a.1'), ['WELCOME -'], 'a reconnect');
  stage.disconnect(2);
  assert.deepEqual(logIn(stage, 3, undefined), ['WELCOME -'], 'a client that knows no starts');
  assert.deepEqual(logIn(stage, 4, 'b.2'), ['WELCOME a.1']);
  assert.deepEqual(logIn(stage, 5, 'x.1', 'bob'), ['WELCOME -'], 'of another account');
});

test('other connections of the device with another start hear of it, and of nobody else', () => {
  const stage = new Stage();
  logIn(stage, 1, 'a.1');
  logIn(stage, 2, undefined);
  logIn(stage, 3, 'x.1', 'bob');
  stage.account(4, 'carol', { device: deviceOf('carol'), start: 'y.1' });
  assert.deepEqual(logIn(stage, 5, 'b.2'), ['WELCOME a.1']);
  assert.deepEqual(
    [1, 2, 3, 4].map((id) => startsIn(stage.events(id))),
    [['START b.2'], [], [], []],
  );
  stage.request(1, { verb: 'START', label: undefined, start: 'c.2' });
  assert.deepEqual(
    [1, 5].map((id) => startsIn(stage.events(id))),
    [[], ['START c.2']],
  );
  stage.disconnect(5);
  assert.deepEqual(logIn(stage, 6, 'b.2'), ['WELCOME c.2']);
});

test('the last start is there after the server has started again', () => {
  const stage = new Stage();
  logIn(stage, 1, 'a.1');
  const later = stage.putBack(stage.memory);
  assert.deepEqual(logIn(later, 1, 'b.2'), ['WELCOME a.1']);
});
