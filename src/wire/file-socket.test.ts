import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  filePath,
  parseFilePath,
  parseRead,
  ReadCount,
  SendWindow,
  tellEveryBytes,
  windowBytes,
} from './file-socket.ts';

test('[19.1] a path names a port, in one way', () => {
  for (const port of [1, 1338, 65_535]) assert.equal(parseFilePath(filePath(port)), port);
  for (const path of [
    '/file',
    '/file/',
    '/file/0',
    '/file/01',
    '/file/65536',
    '/file/1/',
    '/file/1?x',
    '/file/-1',
  ]) {
    assert.equal(parseFilePath(path), undefined, path);
  }
});

test('[19.1] what was read is a number that grows, and no more than was sent', () => {
  for (const text of [
    'read',
    'read ',
    'read 01',
    'read -1',
    'read 1 ',
    'READ 1',
    `read ${'9'.repeat(16)}`,
  ]) {
    assert.equal(parseRead(text), undefined, text);
  }
  const window = new SendWindow();
  window.sending(10);
  assert.equal(window.heard('read 11'), false);
  assert.equal(window.heard('read 0'), false);
  assert.equal(window.heard('read 4'), true);
  assert.equal(window.heard('read 4'), false);
  assert.equal(window.heard('read 10'), true);
});

test('[19.1] nothing more goes while a window is on the way', () => {
  const window = new SendWindow();
  window.sending(windowBytes - 1);
  assert.equal(window.isOpen, true);
  window.sending(5);
  assert.equal(window.isOpen, false);
  window.heard('read 5');
  assert.equal(window.isOpen, true);
});

test('[19.1] a side tells now and then what it has read', () => {
  const count = new ReadCount();
  assert.equal(count.reading(tellEveryBytes - 1), undefined);
  assert.equal(count.reading(3), `read ${tellEveryBytes + 2}`);
  assert.equal(count.reading(tellEveryBytes - 1), undefined);
  assert.equal(count.reading(1), `read ${2 * tellEveryBytes + 2}`);
});
