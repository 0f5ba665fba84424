// How long a test waits for what must come: the one place of every time limit in tests. A limit only prevents waiting
// without end. It is neither a measurement nor a pause: what comes is used at once. So all of them are generous, and
// longer still on a busy machine.
import { availableParallelism, loadavg } from 'node:os';

/** How often `limitMs` fits into the time that one file of tests may take. */
const limitsOfAFile = 10;

/**
 * The factor of all limits: HELO_TEST_PATIENCE, or an estimate of this machine's load. scripts/test.js estimates once
 * for all files of a run.
 */
export const patience = given(process.env['HELO_TEST_PATIENCE']) ?? lookForOthers();

/** How long something may take to come. */
export const limitMs = 60_000 * patience;

/** How long one file of tests may take. */
export const fileLimitMs = limitsOfAFile * limitMs;

function given(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const factor = Number(text);
  if (factor >= 1 && factor <= 100) return factor;
  throw new Error(`HELO_TEST_PATIENCE=${text}: it is a number from 1 to 100`);
}

/**
 * How many processes compete for each processor, at least 1: by the system's average, and by our own share just now.
 */
function lookForOthers(): number {
  const [load = 0] = loadavg();
  const started = performance.now();
  const used = process.cpuUsage();
  while (performance.now() - started < 50);
  const { user, system } = process.cpuUsage(used);
  const share = (user + system) / 1000 / (performance.now() - started);
  return Math.min(Math.max(1, Math.ceil(load / availableParallelism()), Math.round(1 / share)), 5);
}

/** `promise`, or a failure that says what was awaited. `detail` is called when the time is over. */
export function withinLimit<T>(
  promise: Promise<T>,
  what: string,
  detail: () => string = () => '',
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} did not come within ${limitMs / 1000} s. ${detail()}`));
    }, limitMs);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** How long `eventually` waits before it checks again. */
const lookEveryMs = 5;

/**
 * Checks repeatedly until `isSo`, for states without events: files on a disk, descriptors of another process. It leaves
 * the processor to the others.
 */
export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  detail: () => string = () => '',
): Promise<void> {
  const search = { isOver: false };
  const look = async (): Promise<void> => {
    while (!search.isOver && !(await isSo())) await pause(lookEveryMs);
  };
  try {
    await withinLimit(look(), what, detail);
  } finally {
    search.isOver = true;
  }
}

/** Lets `ms` pass: for sending or reading at a certain speed, never instead of waiting for something. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
