// How a text is set: emphasis, code and quotations, written as in Markdown. Terminal and page draw what this returns, and
// nothing else decides it. Whole lines are ours (``` and >), which keeps every space and every line as it was typed; what
// is inside of a line is the library's. There is no HTML, no heading, no list, and no address under another name: a link
// shows where it goes (wording/links.ts). The text is that of anybody: what could take long to set is shown as it stands.
import { Lexer, Tokenizer, type Token } from 'marked';
import { linksIn } from '../wording/links.ts';

export type SpanStyle = 'strong' | 'emphasis' | 'struck' | 'code';

/** A part of a line, or of several, in one style. */
export interface Span {
  readonly text: string;
  readonly styles: readonly SpanStyle[];
}

/** Lines of one kind, without a line end behind the last. Code has one span, without styles. */
export interface Block {
  readonly kind: 'text' | 'quote' | 'code';
  readonly spans: readonly Span[];
}

/** Texts with more are shown as they stand: setting them takes the square of these. */
const maxMarks = 200;
const maxSetLength = 16_000;

const marks = /[*_~`]/g;
// Stand for the four marks where they are part of a link or a name. No text has them: they are no characters.
const shields = ['\uFDD0', '\uFDD1', '\uFDD2', '\uFDD3'] as const;
const shielded = /[\uFDD0-\uFDD3]/g;
const markOf = new Map(shields.map((shield, index) => [shield as string, '*_~`'.charAt(index)]));
const name = /[@#][\w.-]+/g;

const fence = /^ {0,3}(`{3,})[\w+#.-]{0,30} *$/;
const quoted = /^> ?/;

/** `text`, which is harmless and has its lines apart by LF, as blocks. Joined by LF they are all of it but its marks. */
export function setText(text: string): readonly Block[] {
  if (
    text.length > maxSetLength ||
    countOf(text, marks) > maxMarks ||
    countOf(text, shielded) > 0
  ) {
    return [{ kind: 'text', spans: [plain(text)] }];
  }
  const blocks: Block[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length;) {
    const [block, next] = blockAt(lines, at);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

/** The block that begins with line `from`, and the line behind it. */
function blockAt(lines: readonly string[], from: number): readonly [Block, number] {
  const code = codeAt(lines, from);
  if (code !== undefined) return code;
  const isQuote = quoted.test(lines[from] ?? '');
  let end = from + 1;
  while (end < lines.length && isQuote === quoted.test(lines[end] ?? '')) {
    if (codeAt(lines, end) !== undefined) break;
    end += 1;
  }
  const own = lines.slice(from, end);
  const inside = isQuote ? own.map((line) => line.replace(quoted, '')) : own;
  return [{ kind: isQuote ? 'quote' : 'text', spans: spansOf(inside.join('\n')) }, end];
}

/** Code from a fence to the next that is as long. Without an end it is no code: nobody's words are taken for it. */
function codeAt(lines: readonly string[], from: number): readonly [Block, number] | undefined {
  const open = fence.exec(lines[from] ?? '')?.[1];
  if (open === undefined) return undefined;
  const end = lines.findIndex((line, at) => at > from && line.trim() === open);
  if (end < 0) return undefined;
  return [{ kind: 'code', spans: [plain(lines.slice(from + 1, end).join('\n'))] }, end + 1];
}

function plain(text: string): Span {
  return { text, styles: [] };
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Of what the library knows, these are off: undefined says that there is nothing of the kind. */
class Inline extends Tokenizer {
  override escape(): undefined {}
  override tag(): undefined {}
  override link(): undefined {}
  override reflink(): undefined {}
  override autolink(): undefined {}
  override url(): undefined {}
  override br(): undefined {}
}

function spansOf(text: string): readonly Span[] {
  if (countOf(text, marks) === 0) return [plain(text)];
  const spans: Span[] = [];
  const lexer = new Lexer({ tokenizer: new Inline(), gfm: true });
  addSpans(spans, lexer.inlineTokens(shield(text)), []);
  return spans;
}

function addSpans(spans: Span[], tokens: readonly Token[], styles: readonly SpanStyle[]): void {
  for (const token of tokens) {
    const style = styleOf(token);
    if (style !== undefined && 'tokens' in token && token.tokens !== undefined) {
      addSpans(spans, token.tokens, styles.includes(style) ? styles : [...styles, style]);
      continue;
    }
    const shown = style === 'code' && 'text' in token ? token.text : token.raw;
    const text = String(shown).replaceAll(shielded, (found) => markOf.get(found) ?? found);
    spans.push({ text, styles: style === 'code' ? [...styles, style] : styles });
  }
}

/** Undefined for what is shown as it was typed. One `~` is a word for "about". */
function styleOf({ type, raw }: Token): SpanStyle | undefined {
  switch (type) {
    case 'strong':
      return 'strong';
    case 'em':
      return 'emphasis';
    case 'del':
      return raw.startsWith('~~') ? 'struck' : undefined;
    case 'codespan':
      return 'code';
    default:
      return undefined;
  }
}

/** The marks in links and names, hidden from the library. */
function shield(text: string): string {
  const hide = (part: string): string =>
    part.replaceAll(marks, (mark) => shields['*_~`'.indexOf(mark)] ?? mark);
  let hidden = '';
  let at = 0;
  for (const { start, end } of linksIn(text)) {
    hidden += text.slice(at, start).replaceAll(name, hide) + hide(text.slice(start, end));
    at = end;
  }
  return hidden + text.slice(at).replaceAll(name, hide);
}
