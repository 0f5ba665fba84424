// Which lines are more than text. Apart from the commands themselves, because a page asks this before it has them.

/** Whether `line` is more than text for the current conversation. */
export function isAddressed(line: string): boolean {
  const trimmed = line.trim();
  return (
    (trimmed.startsWith('/') && !trimmed.startsWith('//')) ||
    trimmed.startsWith('@') ||
    trimmed === '*all' ||
    trimmed === 'q'
  );
}
