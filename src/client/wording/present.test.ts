import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from '../client-event.ts';
import type { Username } from '../../wire/text.ts';
import { noMarks } from './place-marks.ts';
import { present } from './present.ts';
import { seenLines } from './printed-line.ts';
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

test('who has buttons reads of no command that they would have to type, and of all the rest', () => {
  const user = 'bob' as Username;
  const change = { kind: 'added', device: { form: 'web' }, by: 'first' } as const;
  const transfer = {
    number: 3,
    direction: 'incoming',
    name: 'cat.png',
    size: 9,
    peer: user,
    doneBytes: 0,
    isKept: true,
  } as const;
  const ended = { phase: 'ended', by: 'here', reason: 'no-space' } as const;
  const states = [{ phase: 'asking', why: 'stranger' }, { phase: 'asking' }, ended] as const;
  const events = [
    ...states.map((state) => ({
      type: 'file',
      event: { type: 'transfer', change: 'state', transfer: { ...transfer, state } },
    })),
    { type: 'private', event: { type: 'key-new', user } },
    { type: 'private', event: { type: 'key-changed', user, wasVerified: true } },
    { type: 'private', event: { type: 'devices-changed', user, changes: [], isHeld: true } },
    { type: 'history-asked', device: new Uint8Array(32) },
    { type: 'backup', news: { kind: 'remember' } },
    { type: 'backup', news: { kind: 'restored', damaged: 0, isTriedAgain: false } },
    { type: 'backup', news: { kind: 'damaged', copy: 'backup.damaged' } },
    { type: 'own-devices', news: { kind: 'devices', changes: [change] } },
    { type: 'own-devices', news: { kind: 'contradicted' } },
    { type: 'directory', news: { kind: 'alarm', alarm: { kind: 'other-list' } } },
    { type: 'directory', news: { kind: 'not-compared' } },
  ] as unknown as readonly ClientEvent[];
  for (const event of events) {
    const lines = present(event, () => undefined, noMarks);
    const told = JSON.stringify(event);
    assert.ok(
      lines.some(({ text }) => /\/\w/.test(text)),
      told,
    );
    const seen = seenLines(lines);
    assert.ok(seen.length > 0, told);
    for (const { text } of seen) assert.doesNotMatch(text, /\/\w/, told);
  }
});
