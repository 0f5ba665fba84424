// The sender's name for a file, made safe for saving. For any input, the result is one part of a path on every system:
// visible, printable, not reserved, not hidden, and short enough to be numbered. Knows no disk.

import { graphemes } from '../../../lib/graphemes.ts';

/** Bytes of UTF-8. Most systems accept this many. For systems with fewer, place-file.ts requests a shorter name. */
export const maxNameBytes = 255;
/** A longer ending is not a file type, and is cut like the rest of the name. */
const maxExtensionBytes = 32;

const fallback = 'file';

// Control characters, marks that change the direction of writing, lone surrogates, line separators, and characters that
// are never drawn. Joiners and variant selectors among them stay: names in some scripts and emoji need them.
const invisible = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/gu;
const needed = /\u200C|\u200D|[\uFE00-\uFE0F]/u;

// What Windows refuses in a name. A colon begins a stream there, and is a separator on older Macs.
const forbidden = /[<>:"|?*]/g;

// Names of devices on Windows, with any ending.
const reserved =
  /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00B9\u00B2\u00B3])\s*(?:\.|$)/i;

/** Far more characters than a name keeps. Of longer names the end counts: it has the base name and its ending. */
const maxTaken = 2_000;

/** `name` as it may be used in a folder, of at most `maxBytes`. Never empty. A safe name is not changed. */
export function safeName(name: string, maxBytes = maxNameBytes): string {
  const base = name.slice(-maxTaken).split(/[/\\]/).at(-1) ?? '';
  const visible = base
    .normalize('NFC')
    .replaceAll(invisible, (character) => (needed.test(character) ? character : ''))
    .replaceAll(forbidden, '_')
    .replaceAll(/\p{Zs}+/gu, ' ');
  // After a cut, other text may look like the ending, with dots before it.
  const short = shortened(shortened(marked(trimmed(visible)), '', maxBytes), '', maxBytes);
  // Joiners alone are not visible.
  return /^(?:\u200C|\u200D|[\uFE00-\uFE0F])*$/.test(short) ? fallback : short;
}

/**
 * The `count`th name for the same file: `report.pdf`, `report (2).pdf`, `report (3).pdf`. No longer than `maxBytes`.
 */
export function numberedName(name: string, count: number, maxBytes = maxNameBytes): string {
  return count === 1 ? name : shortened(name, ` (${count})`, maxBytes);
}

/** `name` with `mark` before its ending, cut if it is too long. */
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
  // A dash at the beginning would look like an option to programs that get only the name.
  return name.replace(/^-/, '_');
}

/** Windows drops dots and spaces at the end, and a dot at the beginning hides a file on other systems. */
function trimmed(name: string): string {
  return name.replace(/^[. ]+/, '').replace(/(?<![. ])[. ]+$/, '');
}

/** The longest beginning of whole characters with at most `maxBytes` bytes. */
function cut(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  let bytes = 0;
  let end = 0;
  for (const { segment } of graphemes(text)) {
    bytes += byteLength(segment);
    if (bytes > maxBytes) break;
    end += segment.length;
  }
  // A single character with very many marks can be longer than any name. Then it loses marks.
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
