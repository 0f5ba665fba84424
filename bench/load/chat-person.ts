// A person with `helo chat` in a pipe: the real client, as built in dist/.

import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { start, stop } from '../system/children.ts';
import { cpuSeconds, residentBytes } from '../system/process-meter.ts';

const program = fileURLToPath(new URL('../../../dist/cli/helo.js', import.meta.url));

export class ChatPerson {
  readonly #child: ChildProcess;
  #said = '';
  #changed: () => void = () => {};

  /** Joins, with everything of `name` in `folder`. */
  constructor(name: string, port: number, folder: string) {
    const place = ['--server', `127.0.0.1:${port}`, '--data', `${folder}/${name}-data`];
    const args = ['chat', '--name', name, ...place, '--downloads', folder];
    this.#child = start(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text;
        this.#changed();
      });
    }
    this.#child.once('close', () => this.#changed());
  }

  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Waits until `pattern` was printed after its last match. */
  async prints(pattern: RegExp): Promise<void> {
    for (;;) {
      const found = pattern.exec(this.#said);
      if (found !== null) {
        this.#said = this.#said.slice(found.index + found[0].length);
        return;
      }
      if (this.#child.exitCode !== null) throw new Error(`helo chat has ended: ${this.#said}`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  get cpuSeconds(): number {
    return cpuSeconds(this.#pid);
  }

  get residentBytes(): number {
    return residentBytes(this.#pid);
  }

  /** The most resident memory at any time. */
  get peakBytes(): number {
    return peakBytes(this.#pid);
  }

  async leave(): Promise<void> {
    await stop(this.#child);
  }

  get #pid(): number {
    return this.#child.pid ?? 0;
  }
}

/** The most resident memory of `pid` at any time. */
export function peakBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
