// Asks the person at the terminal who they are, until it can be a name.
import { createInterface } from 'node:readline/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Username } from '../../wire/text.ts';
import { username } from './options.ts';

/** The name, or undefined where the person leaves instead (Ctrl-C, Ctrl-D). */
export async function askName(
  input: ReadStream,
  output: WriteStream,
): Promise<Username | undefined> {
  const readline = createInterface({ input, output, historySize: 0 });
  const left = new Promise<undefined>((resolve) =>
    readline.once('close', () => resolve(undefined)),
  );
  try {
    for (;;) {
      const answer = await Promise.race([readline.question('Your name: '), left]);
      if (answer === undefined) {
        output.write('\n');
        return undefined;
      }
      const name = username(answer.trim(), '');
      if (name.ok) return name.value;
      output.write(`A name is ${name.error}.\n`);
    }
  } finally {
    readline.close();
  }
}
