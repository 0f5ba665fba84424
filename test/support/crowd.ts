// A crowd that connects and logs in all at once, in a thread of its own, so that its work on many sockets does not
// count as the server's delay. Ends when everybody is logged in. Answers with the lines that are not greetings, and how
// long it took.

import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const { port, people } = workerData as { readonly port: number; readonly people: number };
const refusals: string[] = [];
let inside = 0;
const started = performance.now();

for (let number = 0; number < people; number++) {
  // More than one address of this machine.
  const localAddress = `127.0.${1 + Math.floor(number / 200)}.${1 + (number % 200)}`;
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  let heard = '';
  socket.setEncoding('latin1');
  socket.on('error', (error) => refusals.push(error.message));
  socket.on('data', (text: string) => {
    const isFirst = heard === '';
    heard += text;
    if (heard.startsWith('-ERR')) refusals.push(heard);
    else if (isFirst) socket.write(`HELO crowd_${number}\n`);
    if (heard.includes('\n+OK HELO')) inside++;
    if (inside + refusals.length === people) {
      parentPort?.postMessage({ refusals, tookMs: performance.now() - started });
    }
  });
}
