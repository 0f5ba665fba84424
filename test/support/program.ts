// The real program as a process, as a person starts it, seen from outside. Needs a build (`npm run build`). Every
// process and folder ends with the test that started it. The environment of whoever runs the tests has no influence:
// HELO_* variables are dropped, and home is a folder of the test.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from './scope.ts';
import { inRepository } from './repository.ts';
import { limitMs, withinLimit } from './time-limit.ts';

export interface Listener {
  readonly host: string;
  readonly port: number;
}

export interface ProgramOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Flags for Node itself. */
  readonly nodeArgs?: readonly string[];
  readonly folder?: string;
  /** The `helo.js` of another build. */
  readonly program?: string;
  /** Commands of the shell before it becomes the program, such as `ulimit -f 100`. */
  readonly shell?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly process: ChildProcessWithoutNullStreams;
  stdout(): string;
  stderr(): string;
  /** Resolves at its end. */
  readonly ended: Promise<Ended>;
  /** Waits until `stream` matches `pattern`. What was written to the other stream before that is there as well. */
  shows(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>;
  /** SIGTERM, then its end. */
  stop(): Promise<Ended>;
  /** SIGKILL, then its end. */
  kill(): Promise<Ended>;
}

export interface ServerProgram extends Program {
  /** Where it listens for plain text. Throws if it does not. */
  readonly plain: Listener;
  /** Where it listens for TLS. Throws if it does not. */
  readonly tls: Listener;
  /** Where it serves HTTP. Throws if it does not: `webArgs` turn it on. */
  readonly web: Listener;
}

/** Turn the web side on, at a free port. Without them no program of the tests has one. */
export const webArgs = ['--web', 'on', '--web-port', '0'] as const;

/** Starts `helo ARGS`. */
export async function startProgram(
  t: Scope,
  { args = [], env = {}, nodeArgs = [], folder, program = script(), shell }: ProgramOptions,
): Promise<Program> {
  const home = await mkdtemp(join(tmpdir(), 'helo-home-'));
  const node = [process.execPath, ...nodeArgs, program, ...args];
  const [command = '', ...words] =
    shell === undefined ? node : ['bash', '-c', `${shell}; exec "$0" "$@"`, ...node];
  const child = spawn(command, words, {
    cwd: folder ?? home,
    env: {
      ...ownEnvironment(),
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      // Many servers run at once, and have one usual port.
      HELO_WEB: 'off',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  // A program that has ended reads no input. The test checks its end, not the pipe's.
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(() => ({
    code: child.exitCode,
    signal: child.signalCode,
    ...output,
  }));
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return withinLimit(ended, `the end after ${signal}`, () => shown(output));
  };
  t.after(async () => {
    await end('SIGKILL');
    await rm(home, { recursive: true, force: true });
  });
  return {
    process: child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
    shows: (stream, pattern) => {
      const found = new Promise<RegExpExecArray>((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output[stream]);
          if (match === null) return false;
          child[stream].off('data', look);
          child.off('close', ended);
          resolve(match);
          return true;
        };
        const ended = () => {
          if (!look()) reject(new Error(`it ended without ${pattern}. ${shown(output)}`));
        };
        if (look()) return;
        child[stream].on('data', look);
        child.once('close', ended);
      });
      return withinLimit(found.then(otherStreamToo), String(pattern), () => shown(output));
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** Runs `helo ARGS` to its end. */
export async function runProgram(t: Scope, options: ProgramOptions): Promise<Ended> {
  const program = await startProgram(t, options);
  program.process.stdin.end();
  return withinLimit(program.ended, 'the end of the program', () => program.stdout());
}

/**
 * Starts `helo serve` on a free plain port, without TLS unless `args` turn it on, and waits until it listens. Its own
 * time limits are generous too, because answers may be late on a busy machine.
 */
export async function startServerProgram(
  t: Scope,
  { args = [], env = {}, ...options }: ProgramOptions = {},
): Promise<ServerProgram> {
  const own = ['serve', '--port', '0', '--tls-port', 'off'];
  const patient = { HELO_PONG_TIMEOUT: String(limitMs / 1000) };
  const program = await startProgram(t, {
    ...options,
    args: [...own, ...args],
    env: { ...patient, ...env },
  });
  const [text] = await program.shows('stdout', /^[^]*^Stop with/m);
  const listener = (kind: string): Listener => {
    const [, host, port] = new RegExp(`^ {2}${kind} +(\\S+):(\\d+) `, 'm').exec(text) ?? [];
    if (host === undefined) throw new Error(`this server does not listen for ${kind}`);
    return { host: host.replaceAll(/[[\]]/g, ''), port: Number(port) };
  };
  return {
    ...program,
    get plain() {
      return listener('plain text');
    },
    get tls() {
      return listener('TLS');
    },
    get web() {
      return listener('web page');
    },
  };
}

/**
 * Resolves when what the program wrote to the other stream before is read as well: both are readable then, and the system
 * says in no order which comes first.
 */
async function otherStreamToo<T>(value: T): Promise<T> {
  await new Promise(setImmediate);
  return value;
}

function shown({ stdout, stderr }: { stdout: string; stderr: string }): string {
  return `stdout: ${stdout}\nstderr: ${stderr}`;
}

/** The environment for a program under test, without anything that would change what it does. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(HELO_|XDG_|NODE_OPTIONS$|NODE_TEST|NO_COLOR$|npm_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

export function script(): string {
  const file = inRepository('dist/cli/helo.js');
  if (!existsSync(file)) throw new Error('dist/cli/helo.js is not there: npm run build');
  return file;
}
