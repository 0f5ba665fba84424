// What helo's QR codes hold, and what a scanned one is. Whoever shows a code may be anybody: what is not exactly one of
// these forms is nothing, and none of its text goes any further.

/** Capital letters, digits, `:` and `-` alone: QR codes hold these in the least room. */
const linkPrefix = 'HELO:';
/** With a version: another way to make the number would be another form. */
const safetyPrefix = 'HELO:SAFETY:1:';

const linkForm = /^HELO:([A-Z2-7]{26})$/;
const safetyForm = /^HELO:SAFETY:1:([0-9]{60})$/;
const digitsPerGroup = /.{5}/g;

export type ScannedCode =
  | {
      readonly is: 'safety';
      /** The digits of a safety number, as `e2ee/safety-number.ts` writes them. */
      readonly digits: string;
    }
  | {
      readonly is: 'link';
      /** The code of a new device. */
      readonly code: string;
    }
  | { readonly is: 'other' };

/** The content of the code that shows a safety number. It is made of both names and both keys, and so bound to them. */
export function safetyContent(digits: string): string {
  return `${safetyPrefix}${digits.replaceAll(' ', '')}`;
}

/** The content of the code that a new device shows. */
export function linkingContent(code: string): string {
  return `${linkPrefix}${code.replaceAll('-', '')}`;
}

export function readScanned(text: string): ScannedCode {
  const code = linkForm.exec(text)?.[1];
  if (code !== undefined) return { is: 'link', code };
  const digits = safetyForm.exec(text)?.[1];
  if (digits === undefined) return { is: 'other' };
  return { is: 'safety', digits: (digits.match(digitsPerGroup) ?? []).join(' ') };
}
