import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { test } from 'node:test';
import { dataHome } from './xdg.ts';

test('data is kept under XDG_DATA_HOME, which counts only as an absolute path', () => {
  assert.equal(dataHome({ XDG_DATA_HOME: '/d' }), '/d');
  for (const set of [undefined, '', 'relative']) {
    assert.equal(dataHome({ XDG_DATA_HOME: set }), `${homedir()}/.local/share`);
  }
});
