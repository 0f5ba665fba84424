// Breaks what the program says itself into rows at the spaces, so that a command in it can be read and copied.
// What people say is left as it is.

/**
 * `text` in rows of at most `columns` characters, later ones indented by `indent`. Words are never broken; spaces
 * within a row stay as they are, so that columns of figures keep their places.
 */
export function wrapWords(text: string, columns: number, indent: string): string {
  const rows: string[] = [];
  let row = '';
  for (const piece of text.match(/ *[^ ]+/g) ?? []) {
    const isFull = lengthOf(row) + lengthOf(piece) > columns;
    if (isFull && row.trim() !== '') {
      rows.push(row);
      row = indent + piece.trimStart();
    } else {
      row += piece;
    }
  }
  return [...rows, row].join('\n');
}

/** In code points, which is close enough for our own words: names and commands are ASCII. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}
