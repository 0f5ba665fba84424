// A chat server with the broadcast that the documentation of `ws` shows: each message to each of its clients. A program
// of its own: `node server.js PORT`.

import { WebSocket, WebSocketServer } from 'ws';

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  backlog: 4096,
  perMessageDeflate: false,
});

server.on('connection', (socket) => {
  socket.send('welcome');
  socket.on('message', (text, isBinary) => {
    for (const client of server.clients) {
      if (client !== socket && client.readyState === WebSocket.OPEN) {
        client.send(text, { binary: isBinary });
      }
    }
  });
});
