import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete, type CompletionSources } from './completion.ts';

const known: CompletionSources = {
  verbs: ['/set', '/send_file', '/theme'],
  names: ['alice', 'albert', 'bob'],
  groups: ['team', 'tea'],
  settings: { theme: ['dark', 'light'], mouse: ['on', 'off'] },
  paths: (path) => [`${path}.txt`],
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

test('commands about people and groups take their names without a mark', () => {
  for (const verb of ['msg', 'devices', 'verify', 'trust', 'kick', 'invite', 'admin', 'block'])
    assert.deepEqual(becomes(`/${verb} al`), ['albert ', 'alice '], verb);
  assert.deepEqual(becomes('/msg '), ['bob ', 'albert ', 'alice ']);
  assert.deepEqual(becomes('/seal #te'), ['team', 'tea']);
  assert.deepEqual(becomes('@@te'), ['team ', 'tea ']);
});

test('paths are of the view', () => {
  assert.deepEqual(becomes('/send_file @bob a'), ['a.txt']);
  assert.deepEqual(becomes('/backup ./b'), ['./b.txt']);
});

test('an ordinary word is a name by accident only', () => {
  const isPlain = (line: string): boolean => complete(line, known).isPlain;
  for (const line of ['al', 'hi al', '/msg bob al', 'mail@al', '']) assert.ok(isPlain(line), line);
  for (const line of ['/s', '@al', 'hi @al', '#t', '/msg al', '/set ', '/join '])
    assert.ok(!isPlain(line), line);
});

test('a line of any length is looked at in no time', () => {
  for (const line of ['/'.repeat(1e6), `@${'a'.repeat(1e6)}`, `/send_file ${' '.repeat(1e6)}`])
    assert.deepEqual(complete(line, known).candidates, []);
  assert.deepEqual(becomes(`${'a '.repeat(1e6)}@al`), ['@albert ', '@alice ']);
});

test('a reaction is completed by the beginning of its name', () => {
  assert.deepEqual(becomes('/react th'), ['👍', '🙏', '👎']);
  assert.deepEqual(becomes('/react :hea'), ['❤️']);
  assert.equal(becomes('/react ').length, 11);
  assert.deepEqual(becomes('/react 👍 th'), []);
});
