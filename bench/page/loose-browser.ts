// A browser with its profile on the disk, which nobody listens to while it is measured. Who is connected to a browser as a
// test is gets each frame of a WebSocket told, as text; that costs more than the frame. The page stays as it was meanwhile.

import type { ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { start, stop } from '../system/children.ts';
import { options } from './browser.ts';

const flags = ['--headless', '--no-first-run', '--disable-gpu', '--remote-debugging-port=0'];
/** Written by the browser when it listens: the port, and the path behind it. */
const portFile = 'DevToolsActivePort';
const limitMs = 30_000;

export class LooseBrowser {
  readonly #folder: string;
  readonly #child: ChildProcess;
  #connected: Browser | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
    const args = [...options.args, ...flags, `--user-data-dir=${folder}`, 'about:blank'];
    this.#child = start(options.executablePath, args, { stdio: 'ignore' });
  }

  /** Starts one whose profile is in `folder`. */
  static async start(folder: string): Promise<LooseBrowser> {
    await mkdir(folder, { recursive: true });
    return new LooseBrowser(folder);
  }

  /** Its page, to act there as a person. */
  async page(): Promise<Page> {
    const [port] = (await this.#portFile()).split('\n');
    this.#connected = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, {
      isLocal: true,
    });
    const [page] = this.#connected.contexts().flatMap((profile) => profile.pages());
    if (page === undefined) throw new Error('the browser has no page');
    return page;
  }

  /** Leaves it alone. Its pages stay. */
  async leave(): Promise<void> {
    await this.#connected?.close();
    this.#connected = undefined;
  }

  async close(): Promise<void> {
    await this.leave();
    await stop(this.#child);
  }

  async #portFile(): Promise<string> {
    const look = async (): Promise<string> => {
      const text = await readFile(join(this.#folder, portFile), 'utf8').catch(() => '');
      return text.includes('\n') ? text : '';
    };
    const watcher = watch(this.#folder);
    try {
      return await new Promise<string>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('the browser does not listen')), limitMs);
        const seen = (text: string): void => {
          if (text === '') return;
          clearTimeout(timer);
          resolve(text);
        };
        watcher.on('change', () => void look().then(seen));
        void look().then(seen);
      });
    } finally {
      watcher.close();
    }
  }
}
