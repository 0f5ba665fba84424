// Questions to the person at the terminal: before something that cannot be undone, and for secrets that must not be
// arguments.
import { createInterface } from 'node:readline/promises';

/** Whether the person has typed `word`. False if they leave instead (Ctrl-C, Ctrl-D). */
export async function confirm(question: string, word: string): Promise<boolean> {
  return (await askLine(question))?.trim() === word;
}

/** A line from the terminal or, without a question, from the piped input. Undefined if the person leaves instead. */
export async function askLine(question: string): Promise<string | undefined> {
  const readline = createInterface({ input: process.stdin, output: process.stderr });
  const left = new Promise<undefined>((resolve) =>
    readline.once('close', () => resolve(undefined)),
  );
  try {
    const answer = readline.question(process.stdin.isTTY ? question : '');
    return await Promise.race([answer, left]);
  } finally {
    readline.close();
  }
}
