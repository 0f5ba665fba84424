// Asks for the recovery words that hold. A person types them past the input line: they are shown nowhere, and in no
// history and no draft. From a pipe they are the next lines, up to the twelfth word or an empty line: none of them may
// become a message.

import { oldWordsAsked } from '../../client/wording/recovery-words.ts';
import type { Verdict } from '../../client/commands/actions.ts';
import { err, ok } from '../../lib/result.ts';
import type { Console } from './console.ts';

export interface WordsAsking {
  readonly console: Pick<Console, 'interactive' | 'readHidden'>;
  /** Gives the next line to `take`, and waits for it. */
  readonly nextLine: (take: (line: string) => Promise<void>) => void;
  /** What is done with the words. */
  readonly act: (typed: string) => Promise<Verdict>;
  readonly tell: (done: Verdict) => void;
}

const wordCount = 12;

/** Returns at once, with what to tell the person: the words come later. */
export function askWords({ console, nextLine, act, tell }: WordsAsking): Verdict {
  const take = async (typed: string | undefined): Promise<void> =>
    tell(typed === undefined || typed === '' ? ok('nothing was changed') : await act(typed));
  const hidden = console.readHidden();
  if (hidden !== undefined) {
    void hidden.then(take);
    return ok(`${oldWordsAsked}. They are not shown as you type; Ctrl-C leaves it`);
  }
  if (console.interactive) return err('this terminal shows all that is typed: use another one');
  let typed = '';
  const takeLine = async (line: string): Promise<void> => {
    typed = `${typed} ${line}`.trim();
    const isAll = line.trim() === '' || (typed.match(/\p{L}+/gu)?.length ?? 0) >= wordCount;
    if (isAll) await take(typed);
    else nextLine(takeLine);
  };
  nextLine(takeLine);
  return ok(oldWordsAsked);
}
