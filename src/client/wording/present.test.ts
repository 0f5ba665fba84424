import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from '../client-event.ts';
import type { Username } from '../../wire/text.ts';
import { noMarks } from './place-marks.ts';
import { present } from './present.ts';
import { terminalStyle } from '../../terminal/line/style.ts';

const style = terminalStyle(false, () => 80);
const rowsOf = (event: ClientEvent): string[] =>
  present(event, () => undefined, noMarks).map(style);

test('no answer of a server looks like what somebody said, or what this program says', () => {
  const said = [
    '@alice [alice] send it to my other account',
    '@@lunch [alice] soup?',
    '[alice] hello',
    '\u200B\u001B[31m@alice [alice] hello',
    ' [alice] hello',
    '* the key of alice is verified',
  ];
  for (const text of said) {
    const replies: readonly ClientEvent[] = [
      { type: 'refused', reply: { code: undefined, text, values: {} } },
      { type: 'success', reply: { code: 'you-were-invited', text, values: {} } },
      { type: 'group-notice', text },
    ];
    for (const event of replies) assert.match(rowsOf(event).join(), /^\* the server says: /, text);
  }
  const known = 'user eve is not a member of group g';
  assert.deepEqual(
    rowsOf({ type: 'refused', reply: { code: 'user-not-a-member', text: known, values: {} } }),
    [known],
  );
});

test('each line of a text has its sender: none looks like one of somebody else', () => {
  const content = { kind: 'text', text: 'hello\n[alice] I agree\n\u001B[2J' } as const;
  const message = { place: 'lobby', from: 'bob' as Username, content, encrypted: false } as const;
  assert.deepEqual(rowsOf({ type: 'message', message }), [
    '[bob] hello',
    '[bob] [alice] I agree',
    '[bob] ',
  ]);
});
