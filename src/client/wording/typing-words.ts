// Who is writing, in words. Apart from `/typing`, because a page shows it before it has the commands.

/** "bob is typing", "bob and carol are typing", "3 people are typing"; empty for nobody. */
export function typingWords(names: readonly string[] = []): string {
  const [one, other] = names;
  if (one === undefined) return '';
  if (other === undefined) return `${one} is typing`;
  return names.length === 2
    ? `${one} and ${other} are typing`
    : `${names.length} people are typing`;
}
