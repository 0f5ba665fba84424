// How long a test waits for what must come. It is no pause: what comes is taken at once.

const limitMs = 10_000;

/** `promise`, or a failure that says what was waited for. `detail` is asked when the time is over. */
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

/** Looks again and again until `isSo`, for what nobody tells of: files on a disk, descriptors of another process. */
export async function eventually(
  isSo: () => Promise<boolean>,
  what: string,
  detail: () => string = () => '',
): Promise<void> {
  const search = { isOver: false };
  const look = async (): Promise<void> => {
    while (!search.isOver && !(await isSo())) await new Promise(setImmediate);
  };
  try {
    await withinLimit(look(), what, detail);
  } finally {
    search.isOver = true;
  }
}
