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
