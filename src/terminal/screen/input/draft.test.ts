import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Draft } from './draft.ts';
import { keySections, isEditorAction } from './key-table.ts';

function draftOf(text: string): Draft {
  const draft = new Draft(() => 24);
  for (const character of text) {
    if (character === '\n') draft.edit('newline');
    else draft.type(character);
  }
  return draft;
}

test('what was cleared comes back whole, from wherever the cursor stood', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z ]{0,8}$/), { minLength: 1, maxLength: 5 }),
      fc.array(fc.constantFrom('up', 'left', 'line-start', 'word-left'), { maxLength: 6 }),
      (lines, moves) => {
        const text = lines.join('\n');
        const draft = draftOf(text);
        // With an empty input, up would go to the history.
        if (text !== '') for (const move of moves) draft.edit(move);
        draft.clear();
        assert.equal(draft.text, '');
        draft.edit('yank');
        assert.equal(draft.text, text);
      },
    ),
  );
});

test('a pasted command stays pasted when it is deleted and brought back', () => {
  for (const back of ['yank', 'undo'] as const) {
    const draft = draftOf('');
    draft.insert('/quit');
    assert.equal(draft.wasPasted, true);
    draft.clear();
    assert.equal(draft.wasPasted, false);
    for (let times = 0; times < 3 && draft.text !== '/quit'; times++) draft.edit(back);
    assert.equal(draft.text, '/quit');
    assert.equal(draft.wasPasted, true);
  }
  // Text that was typed afterwards counts as typed.
  const draft = draftOf('');
  draft.insert('x');
  draft.clear();
  for (const character of '/quit') draft.type(character);
  assert.equal(draft.wasPasted, false);
});

test('the characters around the cursor are exchanged', () => {
  const draft = draftOf('teh');
  draft.edit('transpose');
  assert.equal(draft.text, 'the');
  draft.edit('line-start');
  draft.edit('transpose');
  assert.equal(draft.text, 'the');
  draft.edit('right');
  draft.edit('transpose');
  assert.equal(draft.text, 'hte');
  draft.edit('transpose');
  assert.equal(draft.text, 'het');
  const wide = draftOf('a👩‍👩‍👧‍👦');
  wide.edit('transpose');
  assert.equal(wide.text, '👩‍👩‍👧‍👦a');
});

test('no action of the editor types anything', () => {
  for (const { actions } of keySections) {
    for (const action of actions.filter(isEditorAction)) {
      if (action === 'newline') continue;
      const draft = new Draft(() => 24);
      draft.edit(action);
      assert.equal(draft.text, '', action);
    }
  }
});
