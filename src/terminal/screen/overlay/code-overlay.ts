// A QR code over the panes, for the camera of another person: /verify @user qr.

import { qrPicture, qrRows } from '../../qr-picture.ts';
import { fit } from '../draw/text.ts';
import type { Bindings } from '../input/bindings.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import type { OverlayOutcome, Overlay } from './overlay.ts';

export class CodeOverlay implements Overlay {
  readonly title: string;
  readonly #content: string;

  constructor(words: string, content: string, bindings: Bindings) {
    this.title = `${words}  (${bindings.word('list-close')} closes it)`;
    this.#content = content;
  }

  rows(width: number, height: number): readonly string[] {
    const picture = qrPicture(this.#content, { columns: width, rows: height });
    return picture ?? tooSmall(this.#content, width);
  }

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    if (action === 'list-close' || action === 'list-choose') return 'goes';
    return input.type === 'key' ? 'goes-unheard' : 'stays';
  }
}

function tooSmall(content: string, width: number): readonly string[] {
  const rows = qrRows(content);
  const words = [
    'The picture has no room here:',
    `it needs ${rows[0]?.length ?? 0} columns and ${rows.length} rows.`,
    'Make the window larger,',
    'or compare the digits.',
  ];
  return words.map((line) => fit(` ${line}`, width));
}
