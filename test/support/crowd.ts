// A crowd that connects and logs in all at once, in a thread of its own, so that what it does with its many sockets
// is not taken for the server's delay. Ends when everybody is in; answers with the lines that greeted nobody.

import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const { port, people } = workerData as { readonly port: number; readonly people: number };
const refusals: string[] = [];
let inside = 0;

for (let number = 0; number < people; number++) {
  // As many addresses as this machine has for itself alone.
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
    if (inside + refusals.length === people) parentPort?.postMessage(refusals);
  });
}
