// A reporter for Node's test runner: writes what failed as a whole file, so a program that was killed, under its own
// path, a line each. failing-files.js has those that ended by themselves.
export default async function* killedFiles(events) {
  for await (const { type, data } of events) {
    if (type === 'test:fail' && data.nesting === 0) yield `${data.file ?? ''}\n${data.name}\n`;
  }
}
