// Asks the person at the terminal before something is done that cannot be undone.
import { createInterface } from 'node:readline/promises';

/** Whether they have typed `word`. False where they leave instead (Ctrl-C, Ctrl-D). */
export async function confirm(question: string, word: string): Promise<boolean> {
  const readline = createInterface({ input: process.stdin, output: process.stderr });
  const left = new Promise<undefined>((resolve) =>
    readline.once('close', () => resolve(undefined)),
  );
  try {
    return (await Promise.race([readline.question(question), left]))?.trim() === word;
  } finally {
    readline.close();
  }
}
