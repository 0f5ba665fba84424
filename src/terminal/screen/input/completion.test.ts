import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete, type CompletionSources } from './completion.ts';

const known: CompletionSources = {
  verbs: ['/set', '/send_file', '/theme'],
  names: ['alice', 'albert', 'bob'],
  groups: ['team', 'tea'],
};

function becomes(line: string): readonly string[] {
  const { word, candidates } = complete(line, known);
  assert.ok(line.endsWith(word));
  return candidates;
}

test('the beginning of a line becomes a command or a name', () => {
  assert.deepEqual(becomes('/se'), ['/set ', '/send_file ']);
  assert.deepEqual(becomes('/SE'), ['/set ', '/send_file ']);
  assert.deepEqual(becomes('al'), ['albert: ', 'alice: ']);
  assert.deepEqual(becomes('hi al'), ['albert', 'alice']);
  assert.deepEqual(becomes(''), []);
});

test('marks say of what kind it is', () => {
  assert.deepEqual(becomes('for @a'), ['@albert ', '@alice ']);
  assert.deepEqual(becomes('in #te'), ['#team ', '#tea ']);
  assert.deepEqual(becomes('/join te'), ['team', 'tea']);
});

test('settings and their values are completed', () => {
  assert.deepEqual(becomes('/set th'), ['theme ']);
  assert.deepEqual(becomes('/set theme l'), ['light']);
  assert.deepEqual(becomes('/theme d'), ['dark']);
  assert.deepEqual(becomes('/set mouse '), ['on', 'off']);
  assert.deepEqual(becomes('/set nothing o'), []);
});
