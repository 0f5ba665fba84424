import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linksIn } from '../../../client/wording/links.ts';
import { linked } from './osc-links.ts';
import { widthOf } from './text.ts';

function found(text: string): readonly string[] {
  return linksIn(text).map(({ start, end }) => text.slice(start, end));
}

test('links end where the sentence does', () => {
  assert.deepEqual(found('see https://example.org/a?b=c#d, and http://x.org.'), [
    'https://example.org/a?b=c#d',
    'http://x.org',
  ]);
  assert.deepEqual(found('(https://example.org)'), ['https://example.org']);
  assert.deepEqual(found('https://example.org/a_(b)'), ['https://example.org/a_(b)']);
  assert.deepEqual(found('javascript:alert(1) file:///etc/passwd'), []);
});

test('a link takes the columns of its text, and holds nothing but printable ASCII', () => {
  const drawn = linked('日本', 'https://example.org/日本;\u00FC', '1.0');
  // oxlint-disable-next-line no-control-regex -- the beginning and the end of a link
  assert.equal(widthOf(drawn.replaceAll(/\u001B\]8;[^\u001B]*\u001B\\/g, '')), 4);
  assert.ok(drawn.includes('https://example.org/%E6%97%A5%E6%9C%AC;%C3%BC'));
});
