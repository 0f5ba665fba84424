// The mark of a muted conversation. Apart from `/mute`, because a page shows it before it has the commands.

/** In which words a muted conversation is marked: `muted until 2026-11-30 18:00`, by the clock here. */
export function mutedWords(until: number): string {
  if (until === Infinity) return 'muted';
  const end = new Date(until);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${end.getFullYear()}-${two(end.getMonth() + 1)}-${two(end.getDate())}`;
  return `muted until ${day} ${two(end.getHours())}:${two(end.getMinutes())}`;
}
