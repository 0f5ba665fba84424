// Lines of the wire in the story of a life: each in one line, without what nobody can read.

/** What a line keeps of long values. */
const shown = 10;

export function storyOf(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) =>
      line.replace(/[\w-]{40,}/g, (value) => `${value.slice(0, shown)}…`).slice(0, 1000),
    )
    .join(' | ');
}
