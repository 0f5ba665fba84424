// The page's side of its worker for files (worker.ts): starts it with the first task. Owns the tasks that are not done.
import type { ServerAddress } from '../../../client/connection/server-address.ts';
import type { FileJob, OnProgress } from '../../../client/files/ports.ts';
import type {
  FromWorker,
  TaskName,
  ToWorker,
  WorkerPlace,
  WorkerTasks,
} from './worker-messages.ts';

interface OpenTask {
  readonly onProgress: OnProgress;
  readonly done: (outcome: unknown) => void;
  readonly failed: (error: Error) => void;
}

export class FileWorker {
  readonly #make: () => Worker;
  readonly #begin: ToWorker;
  #worker: Worker | undefined;
  readonly #tasks = new Map<number, OpenTask>();
  #lastId = 0;

  /** For the files of `place` at the server of `address`. `make` starts a worker with the module worker.ts. */
  constructor(make: () => Worker, address: ServerAddress | undefined, place: WorkerPlace) {
    this.#make = make;
    this.#begin = { say: 'begin', address, ...place };
  }

  /** Begins a task. Its outcome rejects only for faults of the program. */
  start<Task extends TaskName>(
    task: Task,
    given: WorkerTasks[Task]['given'],
    onProgress: OnProgress = () => {},
  ): FileJob<WorkerTasks[Task]['outcome']> {
    const id = (this.#lastId += 1);
    const outcome = new Promise<unknown>((done, failed) => {
      this.#tasks.set(id, { onProgress, done, failed });
    });
    const worker = (this.#worker ??= this.#open());
    post(worker, { say: 'do', id, task, given });
    return {
      outcome: outcome as Promise<WorkerTasks[Task]['outcome']>,
      cancel: () => post(worker, { say: 'cancel', id }),
    };
  }

  /** Ends it, when nothing is to be done any more. */
  end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #open(): Worker {
    const worker = this.#make();
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#hear(data));
    worker.addEventListener('error', (event) => this.#crashed(worker, event.message));
    post(worker, this.#begin);
    return worker;
  }

  #hear(message: FromWorker): void {
    const task = this.#tasks.get(message.id);
    if (message.say === 'progress') {
      task?.onProgress(message.done);
      return;
    }
    this.#tasks.delete(message.id);
    if (message.say === 'done') task?.done(message.outcome);
    else task?.failed(new Error(message.reason));
  }

  /** The next task has another worker. */
  #crashed(worker: Worker, reason: string): void {
    worker.terminate();
    this.#worker = undefined;
    const tasks = [...this.#tasks.values()];
    this.#tasks.clear();
    for (const { failed } of tasks) failed(new Error(`the worker for files has ended: ${reason}`));
  }
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}
