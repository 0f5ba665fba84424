import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBlocks } from '../../test/support/qr-blocks.ts';
import { linkingContent, safetyContent } from '../client/scanned-code.ts';
import { printedPicture, qrPicture, qrRows } from './qr-picture.ts';

test('a reader finds the code in the half blocks, which fit a screen with the lines around them', () => {
  const link = linkingContent('ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ');
  const safety = safetyContent(Array.from({ length: 12 }, () => '31415').join(' '));
  for (const [text, columns, height] of [
    [link, 33, 17],
    [safety, 39, 20],
  ] as const) {
    const rows = qrRows(text);
    assert.ok(rows.length <= height && rows.every((row) => row.length <= columns));
    assert.equal(readBlocks(rows), text);
  }
});

test('a code that does not fit is not drawn, and none where there is no terminal for it', () => {
  const columns = qrRows('a link')[0]?.length ?? 0;
  const rows = qrRows('a link').length;
  assert.equal(qrPicture('a link', { columns, rows })?.length, rows);
  assert.equal(qrPicture('a link', { columns: columns - 1, rows }), undefined);
  assert.equal(qrPicture('a link', { columns, rows: rows - 1 }), undefined);
  assert.ok(
    printedPicture('a link', { isTTY: true, columns }, {}).includes('\u001B[38;5;16;48;5;231m'),
  );
  assert.equal(printedPicture('a link', { isTTY: true, columns: columns - 1 }, {}), '');
  assert.equal(printedPicture('a link', { isTTY: true, columns }, { TERM: 'dumb' }), '');
  assert.equal(printedPicture('a link', { columns }, {}), '');
});
