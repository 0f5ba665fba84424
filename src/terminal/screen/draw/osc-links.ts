// Links drawn so that a terminal that knows OSC 8 opens the whole link, even if it is broken over rows. The full address
// is visible: what is shown is where it goes.

/** `text` as a link to `target`. `id` marks the parts of one link. */
export function linked(text: string, target: string, id: string): string {
  return `\u001B]8;id=${id};${encode(target)}\u001B\\${text}\u001B]8;;\u001B\\`;
}

/** Printable ASCII only, as OSC 8 requires. */
function encode(target: string): string {
  return target.replaceAll(/[^!-~]/gu, (character) => {
    try {
      return encodeURIComponent(character);
    } catch {
      // Half of a surrogate pair is not a character.
      return '';
    }
  });
}
