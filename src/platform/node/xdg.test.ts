import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { test } from 'node:test';
import { configHome, dataHome, fromHome, stateHome } from './xdg.ts';

test('each kind of file has its variable, which counts only as an absolute path, and its usual place', () => {
  for (const [homeOf, variable, usual] of [
    [configHome, 'XDG_CONFIG_HOME', '.config'],
    [dataHome, 'XDG_DATA_HOME', '.local/share'],
    [stateHome, 'XDG_STATE_HOME', '.local/state'],
  ] as const) {
    assert.equal(homeOf({ [variable]: '/d' }), '/d');
    for (const set of [undefined, '', 'relative', './here']) {
      assert.equal(homeOf({ HOME: '/home/bob', [variable]: set }), `/home/bob/${usual}`);
    }
  }
});

test('a path in the home folder is shown from there', () => {
  assert.equal(fromHome(`${homedir()}/.config/helo`), '~/.config/helo');
  for (const path of [homedir(), `${homedir()}er/x`, '/etc/passwd']) {
    assert.equal(fromHome(path), path);
  }
});
