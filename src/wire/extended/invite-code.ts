// One-time codes as people type them: capital letters, spaces and dashes make no difference.

const groups = /.{6}/g;
/** Letters and digits of a code, without its dashes. */
const codeLength = 30;

/**
 * A code in the form in which the server makes it: five groups of six lower-case letters and digits, with dashes
 * between them.
 */
export function canonicalInvite(typed: string): string {
  const letters = typed.replaceAll(/[\s\p{Pd}]/gu, '').toLowerCase();
  if (/^[a-z\d]*$/.test(letters) && letters.length === codeLength) {
    return (letters.match(groups) ?? []).join('-');
  }
  // Not a whole code of ours: passed on as it is, so that the server can say that it does not know it.
  const rest = typed.replaceAll(/[^\w-]/g, '').slice(0, 64);
  return rest === '' ? '-' : rest;
}
