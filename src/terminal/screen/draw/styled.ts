// A text as it is set (client/markup), as one string with styles over its parts: what rows are cut from. A quotation has
// a bar before each of its lines.
import { hasMarks } from '../../../client/markup/marks.ts';
import { setText, type Block, type SpanStyle } from '../../../client/markup/markup.ts';

/** A part of a text in styles. */
export interface StyledPart {
  readonly start: number;
  readonly end: number;
  readonly styles: readonly SpanStyle[];
}

export interface StyledText {
  readonly text: string;
  /** One behind the other, without gaps. */
  readonly parts: readonly StyledPart[];
}

const quoteBar = '│ ';

/** `before`, which is not set, and `text` behind it. */
export function styled(before: string, text: string): StyledText {
  const blocks: readonly Block[] = hasMarks(text)
    ? setText(text)
    : [{ kind: 'text', spans: [{ text, styles: [] }] }];
  const parts: StyledPart[] = [];
  let all = '';
  const add = (piece: string, styles: readonly SpanStyle[]): void => {
    if (piece === '') return;
    parts.push({ start: all.length, end: all.length + piece.length, styles });
    all += piece;
  };
  add(before, []);
  blocks.forEach(({ kind, spans }, index) => {
    if (index > 0) add('\n', []);
    if (kind === 'quote') add(quoteBar, []);
    for (const span of spans) {
      const lines = kind === 'quote' ? span.text.replaceAll('\n', `\n${quoteBar}`) : span.text;
      add(lines, kind === 'code' ? ['code'] : span.styles);
    }
  });
  return { text: all, parts };
}
