// Offers functions of a page to a test (test/support/remote-object.ts). What they return that is no plain value stays
// here, and the test gets a number for it.

const objects: unknown[] = [];

/** Lets the test call the functions of `offered`. */
export function offer(offered: object): void {
  const callObject = async (
    of: number | undefined,
    path: readonly string[],
    args: readonly unknown[],
  ): Promise<unknown> => {
    try {
      let owner: unknown = of === undefined ? offered : objects[of];
      for (const name of path.slice(0, -1)) owner = memberOf(owner, name);
      const method = memberOf(owner, path.at(-1) ?? '');
      if (typeof method !== 'function') throw new TypeError(`${path.join('.')} is no function`);
      return { value: passed(await method.apply(owner, args.map(received))) };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { error: { name: error.name, message: error.message } };
    }
  };
  Object.assign(globalThis, { callObject });
}

function memberOf(owner: unknown, name: string): unknown {
  return (owner as Record<string, unknown>)[name];
}

/** A value as it goes to the test. */
function passed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(passed);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value === 'function' || (typeof value === 'object' && value !== null)) {
    if (Object.getPrototypeOf(value) === Object.prototype && !hasMethods(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, passed(one)]));
    }
    return { $object: objects.push(value) - 1 };
  }
  return value;
}

function hasMethods(value: object): boolean {
  return Object.values(value).some((one) => typeof one === 'function');
}

/** A value of the test, as it is here. */
function received(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(received);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if ('$object' in value && typeof value.$object === 'number') return objects[value.$object];
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, received(one)]));
}
