// Runs one task in a load generator of its own.

import { fileURLToPath } from 'node:url';
import type { Answer, Success, Task } from '../load/main.ts';
import { start, stop } from './children.ts';
import { pinned } from './pinning.ts';

const program = fileURLToPath(new URL('../load/main.js', import.meta.url));

/** Rejects with the reason if the task failed, or took longer than `limitSeconds`. */
export async function generate(
  task: Task,
  cpu: number | undefined,
  limitSeconds: number,
): Promise<Success> {
  const [command, args] = pinned(cpu, process.execPath, [program]);
  const child = start(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Success>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`not done within ${limitSeconds} seconds`));
      }, limitSeconds * 1000);
      child.once('message', (answer: Answer) => {
        if ('measured' in answer) resolve(answer);
        else reject(new Error(answer.failed));
      });
      child.once('close', () => reject(new Error('the load generator has ended')));
      child.once('error', reject);
      child.send(task);
    });
  } finally {
    clearTimeout(timer);
    await stop(child, 1000);
  }
}
