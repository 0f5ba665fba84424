// Whether a text is set at all. Apart from what sets it, so that who has no such text need not load that.

/** Whether setting `text` (markup.ts) could change it. */
export function hasMarks(text: string): boolean {
  return /[*_~`]|^>/m.test(text);
}
