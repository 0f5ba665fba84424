// The service worker: gives the page that this browser keeps, also without a connection, and looks for a new one when
// the page asks. Takes none by itself. It cannot keep a server that means ill from replacing this file: browsers look for
// a new one on their own (SECURITY.md).

import { currentPage, fetchPage, keptFile, takePage } from './page-copies.ts';
import type { KeeperAnswer, KeeperRequest } from './keeper-messages.ts';

/** What is used of a service worker's scope. */
interface WorkerScope {
  readonly location: Location;
  addEventListener(type: 'install', listener: (event: LongEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: AnsweredEvent) => void): void;
  addEventListener(
    type: 'message',
    listener: (event: MessageEvent<KeeperRequest> & LongEvent) => void,
  ): void;
}

interface LongEvent {
  waitUntil(done: Promise<unknown>): void;
}

interface AnsweredEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a worker's own scope, which the DOM's types do not have
const scope = globalThis as unknown as WorkerScope;

scope.addEventListener('install', (event) => event.waitUntil(keepFirst()));

scope.addEventListener('fetch', (event) => {
  const { method, url, mode } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== scope.location.origin) return;
  if (mode === 'navigate' ? pathname !== '/' : pathname === '/digest.txt') return;
  event.respondWith(keptFile(pathname).then((found) => found ?? fetch(event.request)));
});

scope.addEventListener('message', (event) => {
  const [port] = event.ports;
  event.waitUntil(answerTo(event.data).then((answer) => port?.postMessage(answer)));
});

/** The first page that somebody has opened is the one that is kept. */
async function keepFirst(): Promise<void> {
  const digest = await fetchPage();
  if ((await currentPage()) === undefined) await takePage(digest);
}

async function answerTo(request: KeeperRequest): Promise<KeeperAnswer> {
  try {
    if (request.what === 'take') return { taken: await takePage(request.digest) };
    return { current: await currentPage(), offered: await fetchPage() };
  } catch {
    // Without a connection, or from a page that is not whole: the one that is kept goes on.
    return {};
  }
}
