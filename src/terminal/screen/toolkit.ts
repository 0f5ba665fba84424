// The only door to pi-tui: the text editor, the reader of keys, and the widths of characters. The build bundles what is
// named here into this file (scripts/bundle-screen.js), so that an installed helo does not depend on the package.
// Its own renderer is not used: painter.ts addresses every pane absolutely, which a terminal that disagrees about the
// width of an emoji cannot shift.

import { Editor } from '@mariozechner/pi-tui/dist/components/editor.js';
import type { TUI } from '@mariozechner/pi-tui/dist/tui.js';

export { fuzzyFilter } from '@mariozechner/pi-tui/dist/fuzzy.js';
export { parseKey } from '@mariozechner/pi-tui/dist/keys.js';
export { StdinBuffer } from '@mariozechner/pi-tui/dist/stdin-buffer.js';
export { getSegmenter, visibleWidth } from '@mariozechner/pi-tui/dist/utils.js';
export type { Editor } from '@mariozechner/pi-tui/dist/components/editor.js';

/** Stands before each border row that an editor draws, to tell it from what was typed. */
export const borderMark = '\u0000';

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
  // Of the TUI an editor uses these two only.
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
  return editor;
}
