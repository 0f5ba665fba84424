// `helo send` where it says of each text what became of it: `--json` as a line of JSON for each on standard output, without
// it as a warning for each that was not stored.
import { warning } from '../../client/wording/printed-line.ts';
import type { Result } from '../../lib/result.ts';
import { nodeTimers } from '../../platform/node/runtime.ts';
import { LineSource } from '../../terminal/line/line-source.ts';
import { pipeStyle } from '../../terminal/line/style.ts';
import { columnsOf } from '../../terminal/line/wrap.ts';
import { formatPlace, type Place } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { leaveOnSignals } from '../chat/signals.ts';
import { defaultDownloads } from '../downloads.ts';
import type { ExitCode } from '../exit-codes.ts';
import { systemFailure, type Failure } from '../failure.ts';
import { printJson } from '../json-lines.ts';
import { exitOf } from '../outcome.ts';
import type { SendOptions } from './options.ts';
import { ToldTexts, type FinalFate, type NumberedText } from './told-texts.ts';

const words: Readonly<Record<'waiting' | 'unknown', string>> = {
  waiting: 'not sent yet: it is kept, and sent with the next login',
  unknown: 'the program that has the account open has ended, and may not have sent it',
};

/** Sends one text, or each line of standard input. */
export async function sendTold(
  username: Username,
  { to, text }: { readonly to: Place; readonly text: string | undefined },
  options: SendOptions,
): Promise<Result<ExitCode, Failure>> {
  const { server: address, data, guest, wait, json } = options;
  const style = pipeStyle(() => columnsOf(process.stderr));
  const warn = (what: string): void => void process.stderr.write(`${style(warning(what))}\n`);
  const told = (n: number, fate: FinalFate): void => {
    if (json) void printJson({ n, to: formatPlace(to), ...fate });
    else if (fate.is === 'refused') warn(`not sent: ${fate.words}`);
    else if (fate.is !== 'stored') warn(words[fate.is]);
  };
  const lines = text === undefined ? new LineSource(process.stdin) : undefined;
  const next = lines === undefined ? once(text ?? '') : linesOf(lines);
  // What a program beside it warns of has its code in the line of the text.
  const job = { username, to, address, data, guest, next, told, downloads: defaultDownloads() };
  const texts = new ToldTexts({ ...job, warn: json ? () => {} : warn });
  const stopListening = leaveOnSignals(process, { interrupt: () => texts.interrupt() });
  const tooLate = new Promise<Failure>((resolve) => {
    if (wait > 0) {
      const message = `not everything was sent in ${wait / 1000} s`;
      nodeTimers.after(wait, () => resolve(systemFailure(message)));
    }
  });
  try {
    const end = await Promise.race([texts.outcome, tooLate]);
    lines?.close();
    const done = exitOf(end);
    if (json && !done.ok) await printJson({ is: 'failed', words: done.error.message });
    return done;
  } finally {
    stopListening();
  }
}

function once(text: string): () => Promise<NumberedText | undefined> {
  let isGiven = false;
  return () => {
    const given = isGiven ? undefined : { n: 1, text };
    isGiven = true;
    return Promise.resolve(given);
  };
}

/** Empty lines are skipped; a line that is none is refused. */
function linesOf(lines: LineSource): () => Promise<NumberedText | undefined> {
  let n = 0;
  return async () => {
    for (;;) {
      const line = await lines.next();
      if (line === undefined) return undefined;
      n += 1;
      if (line.ok && line.value !== '') return { n, text: line.value };
      if (!line.ok)
        return { n, text: '', fate: { is: 'refused', code: 'not-a-line', words: line.error } };
    }
  };
}
