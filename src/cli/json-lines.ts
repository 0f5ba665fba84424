// Lines of JSON on standard output, for programs that read them. A form never loses a field; new ones may come.

/** One line. Fields that are undefined are left out. Resolves like `printText`. */
export function printJson(value: Readonly<Record<string, unknown>>): Promise<boolean> {
  return printText(`${JSON.stringify(value)}\n`);
}

/** Resolves with whether the reader was given it; it was not where nobody reads any more. */
export function printText(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(text, (error) => resolve(error === undefined || error === null));
  });
}
