// What a request for the page gets: a status, headers and a body, from the request's line and headers alone. Owns the
// headers that keep the page from loading or telling anything elsewhere. Knows no sockets.

import type { IncomingHttpHeaders } from 'node:http';
import type { Coding, WebPage, WebBody } from './page.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer | string;
}

/** What of a request counts. */
export interface PageRequest {
  readonly method?: string | undefined;
  /** As the client wrote it: a path, and perhaps a query, which means nothing. */
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Nothing but the page's own files runs, and nothing goes anywhere but to this server. Pictures, sound and video that
 * somebody sent are blobs, made in the page from what it has decrypted.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  'media-src blob:',
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // One policy each, for the addresses of the page's own service worker and of its workers for files and passphrases.
  'trusted-types helo helo-files helo-passphrase',
].join('; ');

/** With every answer. */
export const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** An answer in one line of text. */
export function textAnswer(
  status: number,
  text: string,
  more: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const body = `${text}\n`;
  const headers = {
    ...securityHeaders,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...more,
  };
  return { status, headers, body };
}

/** A year, in seconds. */
const longest = 31_536_000;

/** Answers a request for a file of the page. */
export function answerPage(page: WebPage, { method, url = '', headers }: PageRequest): HttpAnswer {
  if (method !== 'GET' && method !== 'HEAD') {
    return textAnswer(405, 'only GET and HEAD', { allow: 'GET, HEAD', connection: 'close' });
  }
  const [path = ''] = url.split('?');
  const file = page.get(path);
  if (file === undefined) {
    return textAnswer(
      404,
      page.size === 0 ? 'this server has no web page' : 'there is no such page',
    );
  }
  const body = bodyFor(file.bodies, headers['accept-encoding']);
  const common = {
    ...securityHeaders,
    etag: body.etag,
    'cache-control': file.isImmutable ? `public, max-age=${longest}, immutable` : 'no-cache',
    ...(file.bodies.length > 1 && { vary: 'accept-encoding' }),
  };
  if (isSame(body.etag, headers['if-none-match']))
    return { status: 304, headers: common, body: '' };
  return {
    status: 200,
    headers: {
      ...common,
      'content-type': file.type,
      'content-length': body.bytes.length,
      ...(body.coding !== 'identity' && { 'content-encoding': body.coding }),
    },
    body: body.bytes,
  };
}

/** The smallest body that the client takes. It is never refused the plain one, which no client is without. */
function bodyFor(bodies: readonly WebBody[], accepted: string | undefined): WebBody {
  const takes = codingsIn(accepted ?? '');
  const found = bodies.find(({ coding }) => coding === 'identity' || takes(coding)) ?? bodies[0];
  if (found === undefined) throw new Error('a file of the page has no body');
  return found;
}

/** `gzip, br;q=0.5, *;q=0` [RFC 9110 §12.5.3]. How much somebody likes a coding better than another is not asked. */
function codingsIn(accepted: string): (coding: Coding) => boolean {
  const named = new Map<string, boolean>();
  for (const part of accepted.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((word) => word.trim());
    named.set(name, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)));
  }
  return (coding) => named.get(coding) ?? named.get('*') ?? false;
}

function isSame(etag: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return false;
  return wanted
    .split(',')
    .some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}
