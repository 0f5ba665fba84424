// The thread for files. relay-supervisor.ts starts it with the settings as its data; it executes orders and sends
// reports.

import { setPriority } from 'node:os';
import { platform } from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { invariant, unreachable } from '../../lib/invariant.ts';
import { systemClock } from '../clock.ts';
import type { LogFields, Logger } from '../log.ts';
import type { FileOrder, FileReport, FileSettings } from './thread-messages.ts';
import { KeptPorts } from './kept/kept-ports.ts';
import { PortContext } from './port-context.ts';
import { RelayTransfers } from './relay-transfers.ts';
import { WebDoor } from './web/web-door.ts';

invariant(parentPort, 'this module is the beginning of a thread');
const chat = parentPort;

// If cores are scarce, chat goes before files. On Linux this sets the priority of the calling thread only; elsewhere it
// would set the whole server's.
if (platform === 'linux') setPriority(10);

function report(report: FileReport): void {
  chat.postMessage(report);
}

const logAt =
  (level: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, message: string) =>
    report({ type: 'log', level, fields, message });

const log: Logger = {
  debug: logAt('debug'),
  info: logAt('info'),
  warn: logAt('warn'),
  error: logAt('error'),
};

const shared = new PortContext(workerData as FileSettings, systemClock, log);
const transfers = new RelayTransfers(shared, {
  opened: (transfer, port) => report({ type: 'opened', transfer, port }),
  failed: (transfer) => report({ type: 'failed', transfer }),
  closed: (transfer) => report({ type: 'closed', transfer }),
});
const kept = new KeptPorts(shared, report);
const door = new WebDoor(shared);

chat.on('message', (order: FileOrder) => {
  switch (order.type) {
    case 'open':
      transfers.open(order.plan, order.homes);
      return;
    case 'close':
      transfers.close(order.transfer);
      return;
    case 'openKept':
      kept.open(order.plan, order.home);
      return;
    case 'closeKept':
      kept.close(order.transfer);
      return;
    case 'removeKept':
      kept.remove(order.id);
      return;
    case 'useTls':
      shared.useTls(order.credentials);
      return;
    case 'webVisit':
      void door.enter(order.visit, order.channel);
      return;
    case 'finish':
      void Promise.all([shared.sockets.allClosed(), kept.settled()]).then(() =>
        report({ type: 'finished' }),
      );
      return;
    default:
      unreachable(order);
  }
});
