import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invocation } from './invocation.ts';

test('the program is named as the reader can start it again', () => {
  assert.equal(invocation('/clone/dist/cli/helo.js', { npm_command: 'run' }, '/clone'), 'npx helo');
  assert.equal(invocation('/usr/local/bin/helo', {}, '/home/a'), 'helo');
  assert.equal(invocation('/clone/dist/cli/helo.js', {}, '/clone'), 'node dist/cli/helo.js');
  assert.equal(invocation('/o/helo.js', {}, '/home/a/b/c'), 'node /o/helo.js');
  assert.equal(invocation("/it's/helo.js", {}, '/'), "node 'it'\\''s/helo.js'");
  assert.equal(invocation(undefined, {}, '/'), 'helo');
});
