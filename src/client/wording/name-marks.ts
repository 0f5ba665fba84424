// A name, with what is to be said of that person.

/** `bob`, or `carol (owner, away)` with the marks that are true. */
export function withMarks(name: string, marks: Readonly<Record<string, boolean>>): string {
  const words = Object.keys(marks).filter((mark) => marks[mark]);
  return words.length === 0 ? name : `${name} (${words.join(', ')})`;
}
