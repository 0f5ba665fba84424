// The page that a browser keeps: without a connection, and beside another page that the server has by then.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { test } from 'node:test';
import { answerPage } from '../../src/server/web/answer.ts';
import { readPage, type WebPage } from '../../src/server/web/page.ts';
import { browserTests, openProfile } from '../support/browser.ts';
import { inRepository } from '../support/repository.ts';
import type { Scope } from '../support/scope.ts';

/** In the page: asks the service worker for another page, as the page does. */
const lookThere = `navigator.serviceWorker.ready.then(({ active }) => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(data);
  active.postMessage({ what: 'look' }, [port2]);
}))`;

interface PageServer {
  readonly url: string;
  /** What it serves. Undefined for nothing: it breaks every connection. */
  page: WebPage | undefined;
}

async function servePage(t: Scope, page: WebPage): Promise<PageServer> {
  const served: { page: WebPage | undefined } = { page };
  const server: Server = createServer((request, response) => {
    if (served.page === undefined) {
      request.socket.destroy();
      return;
    }
    const { status, headers, body } = answerPage(served.page, request);
    response.writeHead(status, headers).end(body);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  assert.ok(typeof at === 'object' && at);
  return Object.assign(served, { url: `http://127.0.0.1:${at.port}/` });
}

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

/** The page with one file changed and, unless `isFalse`, named by its list. */
function changed(page: WebPage, { isFalse = false } = {}): WebPage {
  const plain = (path: string) =>
    page.get(path)?.bodies.find(({ coding }) => coding === 'identity')?.bytes ?? Buffer.of();
  const file = (path: string, text: string) => {
    const of = page.get(path);
    assert.ok(of);
    const bytes = Buffer.from(text);
    const body = { coding: 'identity', bytes, etag: `"${sha256(bytes)}"` } as const;
    return [path, { ...of, bodies: [body] }] as const;
  };
  const html = plain('/index.html').toString().replace('<title>helo', '<title>new helo');
  const list = plain('/digest.txt')
    .toString()
    .replace(sha256(plain('/index.html')), isFalse ? sha256('false') : sha256(html));
  const index = file('/index.html', html);
  return new Map([...page, index, ['/', index[1]], file('/digest.txt', list)]);
}

function digestOf(page: WebPage): string {
  const bodies = page.get('/digest.txt')?.bodies ?? [];
  return sha256(bodies.find(({ coding }) => coding === 'identity')?.bytes ?? '');
}

browserTests('a page that is kept', () => {
  test('opens without a connection, goes on beside a new one, and gives way when the person says so', async (t) => {
    const first = await readPage(inRepository('dist/web'));
    const second = changed(first);
    const server = await servePage(t, first);
    const profile = await openProfile(t, { expected: /Failed to load resource|ERR_/ });
    const page = await profile.newPage();
    await page.goto(server.url);
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');

    server.page = undefined;
    await page.reload();
    await page.getByRole('heading', { name: 'helo' }).first().waitFor();

    server.page = second;
    await page.reload();
    const notice = page.locator('#new-page');
    await notice.waitFor();
    const words = (await notice.textContent()) ?? '';
    assert.ok(words.includes(digestOf(first)) && words.includes(digestOf(second)), words);
    assert.equal(await page.title(), 'helo');
    await notice.getByRole('button', { name: 'Keep mine' }).click();
    assert.equal(await notice.count(), 0);

    await page.reload();
    await notice.waitFor();
    assert.equal(await page.title(), 'helo');
    const loaded = page.waitForEvent('load');
    await notice.getByRole('button', { name: 'Take the new page' }).click();
    await loaded;
    assert.equal(await page.title(), 'new helo');
    server.page = undefined;
    await page.reload();
    assert.equal(await page.title(), 'new helo');
  });

  test('is not taken from a server whose files are not those of its list', async (t) => {
    const first = await readPage(inRepository('dist/web'));
    const server = await servePage(t, first);
    const page = await (await openProfile(t)).newPage();
    await page.goto(server.url);
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    server.page = changed(first, { isFalse: true });
    // As the page asks.
    const answer = await page.evaluate(lookThere);
    assert.deepEqual(answer, {});
    await page.reload();
    assert.equal(await page.title(), 'helo');
  });
});
