// For any size of the screen, down to one column and one row, any content and any input: it is drawn, no row is wider
// than the screen, the cursor is on it, and nothing that was typed is lost.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textContent } from '../../client/content.ts';
import type { Transfer } from '../../client/files/transfer.ts';
import { ok } from '../../lib/result.ts';
import { widthOf } from '../columns.ts';
import { Bindings } from './input/bindings.ts';
import { defaultConfig } from './settings/config.ts';
import { OpenConversation } from './open-conversation.ts';
import { ItemList } from '../../client/timeline/item-list.ts';
import { FilesOverlay } from './overlay/files-overlay.ts';
import { drawFrame, type FrameSource } from './draw/frame.ts';
import { HelpOverlay } from './overlay/help-overlay.ts';
import { InviteQuestion } from './overlay/invite-question.ts';
import { isEditorAction, keySections, type EditorAction } from './input/key-table.ts';
import type { ConversationSummary, Model, RosterPerson } from '../../client/timeline/model.ts';
import type { Overlay } from './overlay/overlay.ts';
import { PasteQuestion } from './overlay/paste-question.ts';
import { WordsQuestion } from './overlay/words-question.ts';
import { SearchOverlay } from './overlay/search-overlay.ts';
import { SentSearch } from './overlay/sent-search.ts';
import { Switcher } from './overlay/switcher.ts';
import { schemeNames, themeOf } from './draw/theme.ts';

const bindings = new Bindings(defaultConfig.keys);
const me = 'somebody_with_a_name_of_32_lette';
const names = ['bob', 'alice_from_hr', 'alice_from_h2', 'x'.repeat(32), me];

const texts = fc
  .array(
    fc.constantFrom(
      'a',
      'word ',
      '日本',
      '👨‍👩‍👧‍👦',
      '🇩🇪',
      'e\u0301',
      '\u1100\u1161',
      'ｶﾞ',
      'กำ',
      'https://example.org/a_(b) ',
      ' ',
      'verylongwordwithoutspaces',
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

const sizes = fc.record({
  columns: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 140 })),
  rows: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 })),
});

const conversation = fc.record({
  kind: fc.constantFrom('group' as const, 'person' as const),
  name: fc.constantFrom(...names),
  unread: fc.constantFrom(0, 7, 12_345),
  mentions: fc.constantFrom(0, 2),
  protection: fc.constantFrom('open' as const, 'verified' as const, 'changed' as const),
  isHere: fc.constantFrom(undefined, true, false),
  isLeft: fc.boolean(),
  mutedUntil: fc.constantFrom(undefined, Infinity, 1_800_000_000_000),
});

const lobby: ConversationSummary = {
  id: 'lobby',
  kind: 'lobby',
  name: 'Lobby',
  unread: 0,
  mentions: 0,
  protection: 'open',
  isHere: undefined,
  isReady: true,
  isLeft: false,
  mutedUntil: undefined,
};

const person = fc.record({
  name: fc.constantFrom(...names),
  isMe: fc.boolean(),
  isHere: fc.boolean(),
  isVerified: fc.boolean(),
  role: fc.constantFrom('owner' as const, 'moderator' as const, undefined),
});

const entries = fc.array(
  fc.record({
    text: texts,
    from: fc.constantFrom(...names),
    isTold: fc.boolean(),
    state: fc.constantFrom(undefined, 'waiting' as const, 'failed' as const),
    remark: fc.constantFrom(undefined, 'not encrypted'),
    namesMe: fc.boolean(),
    edited: fc.constantFrom(undefined, { times: 3, at: 1 }),
    deleted: fc.constantFrom(undefined, undefined, { by: 'x'.repeat(32) }),
    reactions: fc.array(
      fc.record({
        emoji: fc.constantFrom('👍', '👨‍👩‍👧‍👦', '🇩🇪', 'x', `e${'\u0301'.repeat(14)}`),
        count: fc.constantFrom(1, 10_000),
        mine: fc.boolean(),
        names: fc.constant([]),
      }),
      { maxLength: 20 },
    ),
    reply: fc.option(
      fc.record({
        seq: fc.constant(1),
        id: fc.constant(''),
        key: fc.constant(undefined),
        from: fc.constantFrom(undefined, ...names),
        text: texts,
      }),
      { nil: undefined },
    ),
  }),
  { maxLength: 6 },
);

const transfer = {
  number: 12,
  peer: names[3],
  direction: 'incoming',
  name: '日本語の長い名前のファイル.pdf',
  size: 1_000_000,
  doneBytes: 400_000,
  bytesPerSecond: 1000,
  state: { phase: 'moving' },
} as unknown as Transfer;

const overlays = [
  'none',
  'help',
  'files',
  'switcher',
  'search',
  'sent',
  'paste',
  'invite',
  'words',
] as const;

function overlayOf(
  kind: (typeof overlays)[number],
  model: Model,
  text: string,
): Overlay | undefined {
  const nothing = () => {};
  switch (kind) {
    case 'none':
      return undefined;
    case 'help':
      return new HelpOverlay(bindings);
    case 'files':
      return new FilesOverlay(model, bindings, () => true);
    case 'switcher':
      return new Switcher(model, bindings, nothing);
    case 'search':
      return new SearchOverlay({
        bindings,
        query: text,
        search: () => Promise.resolve(ok([])),
        go: nothing,
        changed: nothing,
      });
    case 'sent':
      return new SentSearch([text, 'b'], bindings, nothing);
    case 'paste':
      return new PasteQuestion({
        lines: [text, 'b'],
        place: me,
        bindings,
        hasLines: text.length % 2 === 0,
        answers: { say: nothing, edit: nothing },
      });
    case 'invite':
      return new InviteQuestion('needed', true, bindings, nothing);
    case 'words':
      return new WordsQuestion(bindings, nothing);
  }
}

const editorActions = keySections
  .flatMap(({ actions }) => actions)
  .filter((action): action is EditorAction => isEditorAction(action));

type Act =
  | { readonly type: 'typed'; readonly text: string }
  | { readonly type: 'pasted'; readonly text: string }
  | { readonly type: 'edited'; readonly action: EditorAction };

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ type: fc.constant('typed' as const), text: texts }),
  fc.record({ type: fc.constant('pasted' as const), text: texts }),
  fc.record({ type: fc.constant('edited' as const), action: fc.constantFrom(...editorActions) }),
);

const scenes = fc.record({
  conversations: fc.array(conversation, { maxLength: 5 }),
  people: fc.array(person, { maxLength: 8 }),
  entries,
  remark: fc.option(texts, { nil: undefined }),
  overlay: fc.constantFrom(...overlays),
  list: fc.constantFrom(undefined, true, false),
  showPeople: fc.constantFrom(undefined, true, false),
  hasBars: fc.boolean(),
  scheme: fc.constantFrom(...schemeNames),
  isAway: fc.boolean(),
  isChosen: fc.boolean(),
  acts: fc.array(acts, { maxLength: 12 }),
  sizes: fc.array(sizes, { minLength: 1, maxLength: 4 }),
});

/** Without what is undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** The column where a row ends. The row jumps to columns, and draws from there on. */
function endOf(row: string): number {
  let end = 0;
  // oxlint-disable-next-line no-control-regex -- what the frame draws with
  for (const part of row.split(/(?=\u001B\[\d+G)/)) {
    // oxlint-disable-next-line no-control-regex -- the same
    const [move = '', column] = /^\u001B\[(\d+)G/.exec(part) ?? [];
    const text = part
      .slice(move.length)
      // oxlint-disable-next-line no-control-regex -- the same
      .replaceAll(/\u001B\[[\d;]*m|\u001B\]8;[^\u001B]*\u001B\\/g, '');
    end = Math.max(end, (column === undefined ? 0 : Number(column) - 1) + widthOf(text));
  }
  return end;
}

test('any size is drawn while anything is typed, and no row is wider than the screen', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const log = new ItemList();
      for (const { text, from, isTold, state, remark, namesMe, ...amended } of scene.entries) {
        const at = 0;
        log.push((key) =>
          isTold
            ? { kind: 'notice', key, at, tone: 'warning', text }
            : {
                kind: 'message',
                key,
                at,
                from,
                isOwn: from === me,
                content: textContent(text),
                encrypted: true,
                standing: undefined,
                seq: undefined,
                remark,
                namesMe,
                state,
                ...defined(amended),
              },
        );
      }
      const conversations: readonly ConversationSummary[] = [
        lobby,
        ...scene.conversations.map((one) => ({
          ...one,
          id: `${one.kind === 'group' ? '#' : '@'}${one.name}`,
          isReady: true,
        })),
      ];
      const people: readonly RosterPerson[] = scene.people;
      const model = {
        me,
        server: 'tls://chat.example.org:1338',
        isTls: true,
        connection: { phase: 'open', words: 'connected' },
        conversations,
        transfers: [transfer],
        names,
        entries: () => log,
        people: () => people,
      } as unknown as Model;
      const size = { columns: 80, rows: 24 };
      const view = new OpenConversation(() => size.rows);
      if (scene.isAway && log.length > 0) view.position = { key: log.at(0)?.key ?? 0, row: 0 };
      if (scene.isChosen) view.chosen = log.at(log.length - 1)?.key;
      const source = (): FrameSource => ({
        ...size,
        model,
        conversation: conversations.at(-1) ?? lobby,
        view,
        theme: themeOf(scene.scheme),
        wishes: { list: scene.list, people: scene.showPeople },
        hasBars: scene.hasBars,
        bindings,
        overlay: overlayOf(scene.overlay, model, scene.remark ?? ''),
        remark: scene.remark,
        work: undefined,
        styleAt: (width) => ({ width, theme: themeOf(scene.scheme), links: true }),
      });
      const check = (): void => {
        const { rows, cursor } = drawFrame(source());
        assert.ok(rows.length <= size.rows, `${rows.length} rows on ${size.rows}`);
        for (const row of rows) {
          assert.ok(endOf(row) <= size.columns, `${JSON.stringify(row)} on ${size.columns}`);
        }
        if (scene.overlay !== 'none') return;
        assert.ok(cursor !== undefined && cursor.row < size.rows && cursor.column < size.columns);
      };
      for (const next of scene.sizes) {
        Object.assign(size, next);
        check();
        for (const act of scene.acts) {
          if (act.type === 'typed') for (const character of act.text) view.draft.type(character);
          else if (act.type === 'pasted') view.draft.insert(act.text);
          else view.draft.edit(act.action);
          check();
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('what was typed is there at any width', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 6 }), (text, columns) => {
      const view = new OpenConversation(() => 4);
      for (const character of text) view.draft.type(character);
      view.draft.draw(columns);
      assert.equal(view.draft.text, text);
    }),
  );
});
