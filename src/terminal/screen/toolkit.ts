// The only file that imports pi-tui: the text editor and the reader of keys. The build bundles what is named here into
// this file (scripts/bundle.js), so an installed helo does not depend on the package. Its own renderer is not used:
// painter.ts addresses every pane absolutely, so a terminal that disagrees about the width of an emoji cannot shift it.

import { Editor } from '@mariozechner/pi-tui/dist/components/editor.js';
import type { TUI } from '@mariozechner/pi-tui/dist/tui.js';
import { graphemesOf } from '../../lib/graphemes.ts';
import { EditorRows } from './input/editor-rows.ts';
import { KilledTexts, UndoSteps } from './input/editor-memory.ts';
import type { EditorAction } from './input/key-table.ts';

export { fuzzyFilter } from '@mariozechner/pi-tui/dist/fuzzy.js';
export { decodePrintableKey, parseKey } from '@mariozechner/pi-tui/dist/keys.js';
export { StdinBuffer } from '@mariozechner/pi-tui/dist/stdin-buffer.js';
export type { Editor } from '@mariozechner/pi-tui/dist/components/editor.js';

/** Put before each border row that an editor draws, to distinguish it from typed text. */
export const borderMark = '\u0000';

/**
 * The commands to the editor, as keys that it knows by default. The editor does not know the person's own keys
 * (bindings.ts): it gets these and characters.
 */
export const editorCodes: Readonly<Record<Exclude<EditorAction, 'transpose'>, string>> = {
  newline: '\n',
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  left: '\u001B[D',
  'word-left': '\u001B[1;5D',
  'word-right': '\u001B[1;5C',
  'line-start': '\u0001',
  'line-end': '\u0005',
  'text-page-up': '\u001B[5~',
  'text-page-down': '\u001B[6~',
  'jump-forward': '\u001D',
  'jump-back': '\u001B\u001D',
  'delete-back': '\u007F',
  'delete-forward': '\u001B[3~',
  'delete-word-back': '\u0017',
  'delete-word-forward': '\u001Bd',
  'delete-to-start': '\u0015',
  'delete-to-end': '\u000B',
  yank: '\u0019',
  'yank-earlier': '\u001By',
  undo: '\u001F',
};

const plain = (text: string): string => text;

/** A text editor with readline's keys. `rows` is the height of the screen. */
export function createEditor(rows: () => number): Editor {
  const host = {
    requestRender: () => {},
    terminal: {
      get rows() {
        return rows();
      },
    },
  };
  // An editor uses only these two parts of the TUI.
  const editor = new Editor(host as unknown as TUI, {
    borderColor: (text) => `${borderMark}${text}`,
    selectList: {
      selectedPrefix: plain,
      selectedText: plain,
      description: plain,
      scrollInfo: plain,
      noMatch: plain,
    },
  });
  editor.focused = true;
  boundCosts(editor as unknown as EditorInside);
  return editor;
}

/** The editor's private parts that are used here, at the version that package.json names. */
interface EditorInside {
  readonly state: {
    readonly lines: string[];
    readonly cursorLine: number;
    readonly cursorCol: number;
  };
  killRing: KilledTexts;
  undoStack: UndoSteps;
  segment: (text: string) => readonly { readonly segment: string; readonly index: number }[];
  layoutText: EditorRows['layout'];
  buildVisualLineMap: EditorRows['map'];
}

/** Deletes all of the text, as one piece that `yank` and `undo` restore. */
export function killAll(editor: Editor): void {
  const text = editor.getText();
  if (text === '') return;
  (editor as unknown as EditorInside).killRing.push(text, { prepend: false, accumulate: false });
  editor.setText('');
}

/**
 * Replaces the editor's unbounded memory by our own, and its rows by ours. The editor's own code passes whole lines to
 * the segmenter several times for each key, and never ends if a character is wider than a row.
 */
function boundCosts(editor: EditorInside): void {
  const rows = new EditorRows(editor.state);
  editor.undoStack = new UndoSteps();
  editor.killRing = new KilledTexts();
  editor.segment = graphemesOf;
  editor.layoutText = (columns) => rows.layout(columns);
  editor.buildVisualLineMap = (columns) => rows.map(columns);
}
