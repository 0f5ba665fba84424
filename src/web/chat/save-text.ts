// Gives the person a text as a file: the browser asks where, or puts it among the downloads.

/** Returns the name that the browser was told. */
export async function saveText(name: string, pages: AsyncIterable<string>): Promise<string> {
  const parts: string[] = [];
  for await (const page of pages) parts.push(page);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type: 'text/plain;charset=utf-8' }));
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), keepMs);
  return name;
}

const keepMs = 60_000;
