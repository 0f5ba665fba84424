// The characters of a text as people see them: grapheme clusters, by Intl.Segmenter, in pieces. On a whole long line
// the segmenter of Node 20 needs memory and time that grow with the square of its length; and a hostile text can be
// one single cluster. So clusters have a maximum length here, and the cost is linear.

export interface Grapheme {
  readonly segment: string;
  readonly index: number;
}

/** The segmenter gets at most this much at once, in UTF-16 units. A longer cluster is cut into several. */
const pieceLength = 128;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The clusters of `text`, one after the other. */
export function* graphemes(text: string): Generator<Grapheme, void, undefined> {
  let at = 0;
  while (at < text.length) {
    if (
      isPlain(text.charCodeAt(at)) &&
      (at + 1 === text.length || isPlain(text.charCodeAt(at + 1)))
    ) {
      yield { segment: text.charAt(at), index: at };
      at += 1;
      continue;
    }
    const end = wholeEnd(text, at + pieceLength);
    let held: Grapheme | undefined;
    for (const { segment, index } of segmenter.segment(text.slice(at, end))) {
      if (held !== undefined) yield held;
      held = { segment, index: at + index };
    }
    if (held === undefined) return;
    // The last one may continue behind the piece, so it begins the next piece, unless it fills a whole piece.
    if (end === text.length || held.index === at) {
      yield held;
      at = end;
    } else {
      at = held.index;
    }
  }
}

export function graphemesOf(text: string): readonly Grapheme[] {
  return [...graphemes(text)];
}

/**
 * Characters that never join another of these: printable ASCII, most of Latin and Greek, kana, ideographs, whole Hangul
 * syllables. If two of them follow each other, the first is a whole cluster, and the segmenter is not needed.
 */
function isPlain(code: number): boolean {
  return (
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xc0 && code <= 0x2ff) ||
    (code >= 0x391 && code <= 0x482) ||
    (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fa) ||
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7a3)
  );
}

/** `end`, or one less if it would split a surrogate pair. */
function wholeEnd(text: string, end: number): number {
  if (end >= text.length) return text.length;
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}
