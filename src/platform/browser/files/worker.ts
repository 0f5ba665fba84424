// The worker for files: hashes, encrypts and moves them, so that the page stays fluent, and writes them to the browser's
// own place, which only a worker can. Owns the open places. Decides nothing: each task is one of the page's.
import type { FileJob, OnProgress } from '../../../client/files/ports.ts';
import { startJob } from '../../../client/files/job.ts';
import type { MovingPlatform } from '../../../client/files/moving/ports.ts';
import { receiveContent } from '../../../client/files/moving/receive-content.ts';
import { sendContent } from '../../../client/files/moving/send-content.ts';
import { invariant } from '../../../lib/invariant.ts';
import { err, ok } from '../../../lib/result.ts';
import { hashFile, openFile } from './file-source.ts';
import { browserMoving } from './moving.ts';
import { OpfsLanding } from './opfs-landing.ts';
import { diskProblem } from './problems.ts';
import { turnFiles } from './turn-files.ts';
import type {
  FromWorker,
  TaskName,
  ToWorker,
  WorkerPlace,
  WorkerTasks,
} from './worker-messages.ts';

/** Progress is told at most this often: what it costs to draw it would be an eighth of a transfer at four times the rate. */
const progressEveryMs = 200;

interface Setting extends WorkerPlace {
  readonly moving: MovingPlatform | undefined;
}

type Given<Task extends TaskName> = WorkerTasks[Task]['given'];
type Work<Task extends TaskName> = (
  given: Given<Task>,
  onProgress: OnProgress,
  setting: Setting,
) => FileJob<WorkerTasks[Task]['outcome']>;

const landings = new Map<number, OpfsLanding>();
let lastLanding = 0;

function landingOf(number: number): OpfsLanding {
  const landing = landings.get(number);
  invariant(landing, 'a place is one that is open');
  return landing;
}

/** Work on an open place that is over with it. */
function atLast<T>(
  number: number,
  work: (landing: OpfsLanding) => Promise<T> | FileJob<T>,
): FileJob<T> {
  const started = work(landingOf(number));
  const job = 'outcome' in started ? started : startJob(() => started);
  const forget = (): void => void landings.delete(number);
  job.outcome.then(forget, forget);
  return job;
}

const nothing = (): undefined => undefined;

function thatMoves(moving: MovingPlatform | undefined): MovingPlatform {
  invariant(moving, 'files are moved to and from a server');
  return moving;
}

const tasks: { readonly [Task in TaskName]: Work<Task> } = {
  hash: ({ file, source }, onProgress) =>
    startJob(({ isCancelled }) => hashFile(file, source, onProgress, isCancelled)),
  send: ({ file, order }, onProgress, { moving }) =>
    sendContent(thatMoves(moving), async () => openFile(file, order.source), order, onProgress),
  land: ({ order }, onProgress, { account, filesKey }) =>
    startJob(async ({ isCancelled }) => {
      const opened = await OpfsLanding.open(account, filesKey, order, { onProgress, isCancelled });
      if (!opened.ok) return opened;
      landings.set((lastLanding += 1), opened.value);
      return ok({ landing: lastLanding, chunks: opened.value.chunks });
    }),
  receive: ({ landing, order }, onProgress, { moving }) =>
    atLast(landing, (place) => receiveContent(thatMoves(moving), place, order, onProgress)),
  finish: ({ landing }) => atLast(landing, (place) => place.finish()),
  close: ({ landing }) => atLast(landing, (place) => place.close().then(nothing)),
  discard: ({ landing }) => atLast(landing, (place) => place.discard().then(nothing)),
  turn: ({ form }, onProgress, { account, filesKey }) =>
    startJob(async () => {
      invariant(filesKey, 'files are turned under a key');
      try {
        await turnFiles(account, filesKey, form, onProgress);
        return ok(undefined);
      } catch (error) {
        return err(diskProblem(error));
      }
    }),
};

const jobs = new Map<number, FileJob<unknown>>();
let setting: Setting | undefined;

function tell(message: FromWorker): void {
  postMessage(message);
}

function start(id: number, task: TaskName, given: unknown): void {
  invariant(setting, 'a worker is told first for whom it works');
  let toldAt = 0;
  const onProgress = (done: number): void => {
    const now = performance.now();
    if (now - toldAt < progressEveryMs) return;
    toldAt = now;
    tell({ say: 'progress', id, done });
  };
  const job = (tasks[task] as Work<TaskName>)(given as Given<TaskName>, onProgress, setting);
  jobs.set(id, job);
  job.outcome.then(
    (outcome) => tell({ say: 'done', id, outcome }),
    (error: unknown) => tell({ say: 'failed', id, reason: String(error) }),
  );
  const forget = (): void => void jobs.delete(id);
  job.outcome.then(forget, forget);
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.say === 'begin') {
    const { address, account, filesKey } = data;
    setting = { moving: address && browserMoving(address), account, filesKey };
  } else if (data.say === 'do') start(data.id, data.task, data.given);
  else jobs.get(data.id)?.cancel();
});
