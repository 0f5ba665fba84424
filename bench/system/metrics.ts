// A server's own figures at its metrics port.

/** Reads all of them once. Returns the value of one by its name, or undefined. */
export async function readMetrics(
  port: number | undefined,
): Promise<(name: string) => number | undefined> {
  if (port === undefined) return () => undefined;
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return (name) => {
    const found = text.split('\n').find((line) => line.startsWith(`${name} `));
    return found === undefined ? undefined : Number(found.slice(name.length + 1));
  };
}
