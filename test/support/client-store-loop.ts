// A client's store that is written to as fast as possible, until the process is killed. Usage: node
// client-store-loop.js FOLDER FIRST. Prints the number of each change set after it was written.

import { openClientStore } from '../../src/platform/node/client-store/open.ts';
import { conversationChange, numbered } from './client-store-sets.ts';

const [folder = '', start = ''] = process.argv.slice(2);
const opened = await openClientStore(folder, 'example.org:7625', 'alice');
if (opened.kind === 'busy') throw new Error('the store is in use');
await opened.store.write([conversationChange]);
for (let number = Number(start); ; number++) {
  await opened.store.write(numbered(number));
  process.stdout.write(`${number}\n`);
  // Lets the output be written.
  await new Promise(setImmediate);
}
