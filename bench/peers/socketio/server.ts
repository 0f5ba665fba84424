// A typical chat server with socket.io: everybody is in one room and in a room of their own name. A program of its own:
// `node server.js PORT`.

import { createServer } from 'node:http';
import { Server } from 'socket.io';

const port = Number(process.argv[2]);
const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
  // No heartbeat during the measurement.
  pingInterval: 24 * 60 * 60 * 1000,
});

io.on('connection', (socket) => {
  socket.on('name', (name: string) => {
    void socket.join(name);
    socket.emit('welcome');
  });
  socket.on('all', (text: string) => socket.broadcast.emit('all', text));
  socket.on('one', (to: string, text: string) => io.to(to).emit('one', text));
});

http.listen({ host: '127.0.0.1', port, backlog: 4096 });
