// The sender's name for a file, made safe to save under. Whatever comes in, the result is one part of a path on every
// system: visible, printable, not reserved, not hidden, and short enough to be numbered. Knows no disk.

import { graphemes } from '../../../lib/graphemes.ts';

/** Bytes of UTF-8. Most systems take so many; where one takes fewer, place-file.ts asks for a shorter name. */
export const maxNameBytes = 255;
/** A longer ending is no kind of file and is cut like the rest of the name. */
const maxExtensionBytes = 32;

const fallback = 'file';

// Control characters, marks that turn the direction of writing, lone surrogates, separators of lines, what is never
// drawn. Joiners and variant selectors among them stay: names in some scripts and emoji need them.
const invisible = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/gu;
const needed = /\u200C|\u200D|[\uFE00-\uFE0F]/u;

// What Windows refuses in a name; the colon begins a stream there and is a separator on older Macs.
const forbidden = /[<>:"|?*]/g;

// Names of devices on Windows, whatever the ending.
const reserved =
  /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00B9\u00B2\u00B3])\s*(?:\.|$)/i;

/** Far more characters than a name keeps. Of longer ones the end counts: the base name and its ending are there. */
const maxTaken = 2_000;

/** `name` as it may stand in a folder, of at most `maxBytes`. Never empty. The same for what is already safe. */
export function safeName(name: string, maxBytes = maxNameBytes): string {
  const base = name.slice(-maxTaken).split(/[/\\]/).at(-1) ?? '';
  const visible = base
    .normalize('NFC')
    .replaceAll(invisible, (character) => (needed.test(character) ? character : ''))
    .replaceAll(forbidden, '_')
    .replaceAll(/\p{Zs}+/gu, ' ');
  // Where it was cut something else may look like its ending, with dots in front of it.
  const short = shortened(shortened(marked(trimmed(visible)), '', maxBytes), '', maxBytes);
  // A joiner alone is nothing that can be seen.
  return /^(?:\u200C|\u200D|[\uFE00-\uFE0F])*$/.test(short) ? fallback : short;
}

/** The `count`th name for the same file: `report.pdf`, `report (2).pdf`, `report (3).pdf`. No longer than `maxBytes`. */
export function numberedName(name: string, count: number, maxBytes = maxNameBytes): string {
  return count === 1 ? name : shortened(name, ` (${count})`, maxBytes);
}

/** `name` with `mark` in front of its ending, cut where it is too long. */
function shortened(name: string, mark: string, maxBytes: number): string {
  const [stem, extension] = splitExtension(name);
  const end = `${mark}${extension}`;
  return `${trimmed(cut(stem, maxBytes - byteLength(end)))}${end}`;
}

/** `report` and `.pdf`; of two endings, both (`.tar.gz`). */
function splitExtension(name: string): readonly [stem: string, extension: string] {
  const [extension = ''] = /(?<=.)(?:\.tar)?\.[^. ]+$/su.exec(name) ?? [];
  if (byteLength(extension) > maxExtensionBytes) return [name, ''];
  return [name.slice(0, name.length - extension.length), extension];
}

function marked(name: string): string {
  if (reserved.test(name)) return `_${name}`;
  // To a program that is given the name alone, a dash would begin an option.
  return name.replace(/^-/, '_');
}

/** Windows drops dots and spaces at the end, and a dot at the beginning hides a file elsewhere. */
function trimmed(name: string): string {
  return name.replace(/^[. ]+/, '').replace(/(?<![. ])[. ]+$/, '');
}

/** The longest beginning of whole characters that has at most `maxBytes` bytes. */
function cut(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  let bytes = 0;
  let end = 0;
  for (const { segment } of graphemes(text)) {
    bytes += byteLength(segment);
    if (bytes > maxBytes) break;
    end += segment.length;
  }
  // One character of very many marks is longer than any name: then it loses marks.
  return end > 0
    ? text.slice(0, end)
    : Buffer.from(text)
        .subarray(0, maxBytes)
        .toString()
        .replace(/\uFFFD{1,3}$/, '');
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
