import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { parsePlace } from '../../../wire/extended/names.ts';
import { textContent } from '../../content.ts';
import { OutboxBook } from './outbox-book.ts';

const lobby = { kind: 'lobby' } as const;

function bookWithStream(): OutboxBook {
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const book = new OutboxBook({ outbox: [], stream: undefined }, parsePlace, random, () => false);
  book.count(true);
  return book;
}

function commitIn(book: OutboxBook, localId: string) {
  const fields = { kind: 'enter', seen: 7, on: 7, info: 'i' } as const;
  return book.addCommit({ kind: 'group', group: 'g' as never }, localId, fields);
}

for (const [title, leave] of [
  ['another program uses the stream', (book: OutboxBook) => book.leaveStream()],
  ['the store is an older copy', (book: OutboxBook) => book.restart(0).changes],
] as const) {
  test(`${title}: what was answered and is not settled is not taken for what has its number in the next stream`, () => {
    const book = bookWithStream();
    const said = book.add(lobby, { localId: 'said', content: textContent('said') });
    const step = commitIn(book, 'step');
    for (const entry of [said, step]) entry.progress = 'answered';
    const id = book.idOf(said);
    const changes = leave(book);
    assert.ok(changes.some((one) => one.type === 'outbox-removed' && one.localId === 'step'));
    assert.equal(book.get('step'), undefined, 'its line is read as those of others are');
    assert.deepEqual(book.idOf(said), id, 'the server has it under that');
    const again = book.add(lobby, { localId: 'again', content: textContent('again') });
    const next = commitIn(book, 'next');
    assert.equal(book.byNumber(1), again);
    assert.equal(book.byNumber(2), next);
  });
}
