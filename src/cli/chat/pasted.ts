// The address of a server from what people paste: the address itself, or the whole line that a server prints for people
// who want to join, `npx helo chat --server ADDRESS --name NAME`. Pure.
import { parseUsername, type Username } from '../../wire/text.ts';

export interface Pasted {
  /** Not checked yet. */
  readonly address: string;
  /** The name in the line, if it is not the placeholder. */
  readonly name: Username | undefined;
}

/** What the banner prints instead of a name. */
const placeholder = 'NAME';

/** Splits `text` into its parts. Quotes, which some shells need around an address, are not part of it. */
export function readPasted(text: string): Pasted {
  const line = text.trim();
  const address = flagIn(line, 'server');
  if (address === undefined) return { address: unquoted(line), name: undefined };
  const name = flagIn(line, 'name');
  return {
    address,
    name: name === undefined || name === placeholder ? undefined : parseUsername(name),
  };
}

function flagIn(line: string, flag: string): string | undefined {
  const [, word] =
    new RegExp(`(?:^|\\s)--${flag}(?:=|\\s+)('[^']*'|"[^"]*"|\\S+)`).exec(line) ?? [];
  return word === undefined ? undefined : unquoted(word);
}

function unquoted(word: string): string {
  return /^(['"])(.*)\1$/s.exec(word)?.[2] ?? word;
}
