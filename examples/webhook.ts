// An incoming webhook: what other programs post over HTTP is said in a place of the chat, sealed by this program where
// the place is sealed. It takes what senders for Slack and Mattermost have, JSON with a `text`, and plain text.
// Run it: HELO_WEBHOOK_TOKEN_FILE=token node webhook.js SERVER NAME PLACE [PORT [HOST]]
//     curl -d '{"text":"the build is red"}' http://127.0.0.1:8065/hooks/TOKEN
// Whoever has the token can write there: it is read from a file that only its owner can read, or from the variable
// HELO_WEBHOOK_TOKEN, compared in constant time, and never logged. Only loopback is listened at unless HOST says
// otherwise: for others put a proxy with TLS before it, because the token and the texts come unencrypted.
import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ChatError, connect } from 'helo';

const [server = '127.0.0.1:1337', name = 'webhook', place = 'lobby', port = '8065', host] =
  process.argv.slice(2);
const maxBodyBytes = 64 * 1024;
/** So many texts may come at once, and so many more each second. */
const burst = 20;
const perSecond = 2;
/** So many requests are in work at once: each has a body of `maxBodyBytes` at most. */
const maxRequests = 32;
/** So many keys of senders that try again are remembered. */
const maxKeys = 1000;

interface Answer {
  readonly status: number;
  readonly words: string;
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
const token = digestOf(readToken());

function readToken(): string {
  const path = process.env['HELO_WEBHOOK_TOKEN_FILE'];
  if (path !== undefined && (statSync(path).mode & 0o077) !== 0) {
    throw new Error('the file with the token can be read by others: chmod 600');
  }
  const read = path === undefined ? process.env['HELO_WEBHOOK_TOKEN'] : readFileSync(path, 'utf8');
  const found = read?.trim() ?? '';
  if (!/^[\w-]{22,}$/.test(found)) {
    throw new Error(
      'a token of at least 22 letters, digits, _ and - is needed: openssl rand -hex 16',
    );
  }
  return found;
}

/** Of one length, whatever comes: how long it takes tells nothing about the token. */
const isToken = (given: string): boolean => timingSafeEqual(digestOf(given), token);

let allowed = burst;
let counted = Date.now();

/** Whether one more may come now. */
function isWithinRate(): boolean {
  const now = Date.now();
  allowed = Math.min(burst, allowed + (perSecond * Math.max(0, now - counted)) / 1000);
  counted = now;
  if (allowed < 1) return false;
  allowed -= 1;
  return true;
}

/** The body, or undefined if it is too long, no UTF-8, or broke off. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBodyBytes) return undefined;
      chunks.push(chunk);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}

/** What is to be said. */
function textOf(body: string, type: string): string | undefined {
  if (type.startsWith('text/plain')) return body;
  // Some senders put the JSON into a form, as `payload=`.
  const payload = new URLSearchParams(body).get('payload');
  try {
    const value: unknown = JSON.parse(body.startsWith('payload=') ? (payload ?? '') : body);
    const text = typeof value === 'object' && value !== null && 'text' in value ? value.text : '';
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

const chat = await connect({ server, name });

/** What became of earlier requests, by the keys of their senders: an answer that was lost on the way says nothing twice. */
const earlier = new Map<string, Promise<Answer>>();

async function say(text: string): Promise<Answer> {
  try {
    const said = text.includes('\n') ? await chat.sayLines(place, text) : chat.say(place, text);
    await said.stored;
    return { status: 200, words: 'ok' };
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    console.error(`not said: ${error.code}`);
    const isLater = error.code === 'not-open' || error.code === 'outbox-full';
    return { status: isLater ? 503 : 422, words: error.code };
  }
}

async function answer(request: IncomingMessage): Promise<Answer> {
  const given = /^\/hooks\/([^/?]+)$/.exec(request.url ?? '')?.[1] ?? '';
  if (!isToken(given)) return { status: 404, words: 'not found' };
  if (request.method !== 'POST') return { status: 405, words: 'POST it' };
  const key = request.headers['idempotency-key'];
  if (key !== undefined && (Array.isArray(key) || key.length > 128)) {
    return { status: 400, words: 'an Idempotency-Key has at most 128 characters' };
  }
  const body = await bodyOf(request);
  if (body === undefined) return { status: 413, words: `at most ${maxBodyBytes} bytes of UTF-8` };
  const text = textOf(body, request.headers['content-type'] ?? '')
    ?.replaceAll('\r\n', '\n')
    .trim();
  if (text === undefined || text === '') return { status: 400, words: 'JSON with a text' };
  const known = key === undefined ? undefined : earlier.get(key);
  if (known !== undefined) return known;
  if (!isWithinRate()) return { status: 429, words: 'too many' };
  const said = say(text);
  if (key !== undefined) {
    earlier.set(key, said);
    const [oldest] = earlier.keys();
    if (earlier.size > maxKeys && oldest !== undefined) earlier.delete(oldest);
    // What was not said may be tried again.
    void said.then(({ status }) => status !== 200 && earlier.delete(key));
  }
  return said;
}

let inWork = 0;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  inWork += 1;
  const { status, words } =
    inWork > maxRequests ? { status: 503, words: 'too many at once' } : await answer(request);
  inWork -= 1;
  // What has not been read of a body is not waited for.
  if (!request.complete) response.setHeader('Connection', 'close');
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${words}\n`);
}

const listener = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    // Of a bug no more than its name is told: a message could quote the request.
    console.error(error instanceof Error ? error.name : 'failed');
    response.writeHead(500).end();
  });
});
listener.maxConnections = 2 * maxRequests;
listener.headersTimeout = 10_000;
listener.requestTimeout = 20_000;
listener.listen(Number(port), host ?? '127.0.0.1');
await once(listener, 'listening');
const at = listener.address();
console.log(`in as ${chat.name}, hears port ${typeof at === 'object' ? (at?.port ?? '') : ''}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => listener.close());
await Promise.race([once(listener, 'close'), chat.closed]);
listener.close();
await chat.close();
