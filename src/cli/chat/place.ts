// Where a chat in lines runs: a terminal with line editing, one that can only print, or a pipe.
import type { Console } from '../../terminal/line/console.ts';
import { LineSource } from '../../terminal/line/line-source.ts';
import { StreamConsole } from '../../terminal/line/stream-console.ts';
import { terminalStyle } from '../../terminal/line/style.ts';
import { TerminalConsole } from '../../terminal/line/terminal-console.ts';
import { columnsOf } from '../../terminal/line/wrap.ts';
import type { Environment } from '../../platform/node/home.ts';
import { isInteractive, type Streams } from './streams.ts';

/** The console for these streams. */
export function openConsole(streams: Streams, env: Environment): Console {
  const { stdin, stdout, stderr } = streams;
  const interactive = isInteractive(streams);
  if (!interactive || env['TERM'] === 'dumb') {
    const columns = () => columnsOf(stdout);
    return new StreamConsole({
      input: new LineSource(stdin),
      output: stdout,
      errors: stderr,
      interactive,
      columns,
    });
  }
  const coloured = (env['NO_COLOR'] ?? '') === '';
  return new TerminalConsole({
    input: stdin,
    output: stdout,
    style: terminalStyle(coloured, () => columnsOf(stdout)),
  });
}
