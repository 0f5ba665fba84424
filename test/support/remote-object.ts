// Objects of a page, used from a test as if they were here: each method is called in the page, by the test's own runner
// and with its own assertions. What is no plain value stays in the page, and is known here by a number. The page's side is
// test/browser/pages/objects.ts.
import type { Page } from 'playwright-core';

/** An object that stays in the page. */
export interface Handle {
  readonly $object: number;
}

type Answer =
  | { readonly value: unknown }
  | { readonly error: { readonly name: string; readonly message: string } };

/** What a page with objects.ts offers to tests. */
interface ObjectsWindow {
  readonly callObject: (
    of: number | undefined,
    path: readonly string[],
    args: readonly unknown[],
  ) => Promise<Answer>;
}

/** Calls a function of the page: of what the page offers, or of an object in it. */
export async function callPage<T = unknown>(
  page: Page,
  path: readonly string[],
  args: readonly unknown[],
  of?: Handle,
): Promise<T> {
  const answer = await page.evaluate(
    ([of, path, args]) => (globalThis as unknown as ObjectsWindow).callObject(of, path, args),
    [of?.$object, path, args] as const,
  );
  if ('error' in answer) {
    throw Object.assign(new Error(answer.error.message), { name: answer.error.name });
  }
  return answer.value as T;
}

/** An object whose methods are those of an object in the page. All of them are asynchronous. */
export function remoteObject(page: Page, of: Handle, path: string[] = []): object {
  return new Proxy(
    {},
    {
      get: (_target, name) =>
        typeof name === 'symbol' || name === 'then'
          ? undefined
          : (...args: readonly unknown[]) => callPage(page, [...path, name], args, of),
    },
  );
}
