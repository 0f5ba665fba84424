// A reporter for Node's test runner: writes the path of each file in which a test failed, a line each.
export default async function* failingFiles(events) {
  for await (const { type, data } of events) {
    // A file that breaks off as a whole is reported under its own name.
    if (type === 'test:fail') yield `${data.file ?? data.name}\n`;
  }
}
