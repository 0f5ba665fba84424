// Text in terminal columns: its width, cutting and padding. Its input must already be harmless (sanitize.ts), so its
// results are safe to draw. Characters are grapheme clusters; a wide one is never cut in half. The cost is linear in
// the text or, after a cut, in the part that remains.

import { eastAsianWidth } from 'get-east-asian-width';
import { graphemes } from '../lib/graphemes.ts';

const printableAscii = /^[ -~]*$/;
const zeroWidth = /^[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{M}\p{Cs}]$/u;
// A string, because TypeScript knows this flag only for later targets.
const emoji = new RegExp('^\\p{RGI_Emoji}$', 'v');

/** Cached widths of single characters: 0 is unknown, otherwise the width plus one. */
const known = new Uint8Array(0x2_0000);

/** The columns of a single character. */
function codePointWidth(code: number): number {
  if (code >= 0x20 && code < 0x7f) return 1;
  const found = known[code] ?? 0;
  if (found > 0) return found - 1;
  const width = reckon(code);
  if (code < known.length) known[code] = width + 1;
  return width;
}

function reckon(code: number): number {
  const character = String.fromCodePoint(code);
  if (zeroWidth.test(character)) return 0;
  // Halves of flags, which terminals draw as wide as a whole flag.
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return 2;
  return mayBeEmoji(code, character) && emoji.test(character) ? 2 : eastAsianWidth(code);
}

/** The columns of one cluster in a terminal that supports clusters. */
export function clusterWidth(cluster: string): number {
  const first = cluster.codePointAt(0) ?? 0;
  const length = first > 0xffff ? 2 : 1;
  if (cluster.length === length) return codePointWidth(first);
  if (mayBeEmoji(first, cluster) && emoji.test(cluster)) return 2;
  let width = 0;
  for (const character of cluster) {
    const code = character.codePointAt(0) ?? 0;
    // The first visible character counts, and after it the few that take columns of their own.
    if (width === 0 || hasOwnPlace(code)) width += codePointWidth(code);
  }
  return width;
}

/** Flags of regions and families are the longest. */
const maxEmojiLength = 40;

/**
 * The pattern for emoji is slow, so it is used only on clusters that begin like one, or are marked to be drawn as one.
 */
function mayBeEmoji(first: number, cluster: string): boolean {
  if (cluster.length > maxEmojiLength) return false;
  const isIn = (from: number, to: number): boolean => first >= from && first <= to;
  return isIn(0x2190, 0x2bff) || isIn(0x1f000, 0x1fbff) || cluster.includes('\uFE0F');
}

function hasOwnPlace(code: number): boolean {
  return (code >= 0xff00 && code <= 0xffef) || code === 0x0e33 || code === 0x0eb3;
}

/** A piece of text that is drawn as a whole, and its columns. */
export interface Cell {
  readonly start: number;
  readonly end: number;
  readonly width: number;
}

/** The cells of `text`, in order. */
export type Cells = (text: string) => Iterable<Cell>;

/** The clusters of `text` in a terminal that supports clusters. */
export function* clusterCells(text: string): Generator<Cell, void, undefined> {
  for (const { segment, index } of graphemes(text)) {
    yield { start: index, end: index + segment.length, width: clusterWidth(segment) };
  }
}

/**
 * The same with the most columns that they can take: many terminals do not support clusters, and draw each character of
 * one. A cluster that would be very wide there is split.
 */
export function* widestCells(text: string): Generator<Cell, void, undefined> {
  for (const { segment, index } of graphemes(text)) {
    const characters = segment.length === 1 ? [segment] : Array.from(segment);
    const widths = characters.map((character) => codePointWidth(character.codePointAt(0) ?? 0));
    const width = widths.reduce((sum, one) => sum + one, 0);
    if (width <= maxWholeWidth) {
      const whole = Math.max(width, clusterWidth(segment));
      yield { start: index, end: index + segment.length, width: whole };
      continue;
    }
    let start = index;
    for (const [at, character] of characters.entries()) {
      const end = start + character.length;
      yield { start, end, width: widths[at] ?? 0 };
      start = end;
    }
  }
}

/** The width of a family of four. */
const maxWholeWidth = 8;

export function widthOf(text: string): number {
  return widthUpTo(text, Infinity);
}

/** The columns of `text`. If they are more than `limit`, any number above it. */
export function widthUpTo(text: string, limit: number): number {
  if (printableAscii.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) {
    width += clusterWidth(segment);
    if (width > limit) break;
  }
  return width;
}

/** `text` in at most `columns`. An ellipsis replaces what is cut off. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (widthUpTo(text, columns) <= columns) return text;
  return `${take(text, columns - 1)}…`;
}

/** `text` in exactly `columns`. */
export function pad(text: string, columns: number): string {
  const fitted = fit(text, columns);
  return fitted + ' '.repeat(Math.max(0, columns - widthOf(fitted)));
}

/** The beginning of `text` that takes at most `columns`. */
export function take(text: string, columns: number): string {
  if (columns <= 0) return '';
  let end = 0;
  let width = 0;
  for (const { segment, index } of graphemes(text)) {
    width += clusterWidth(segment);
    if (width > columns) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
