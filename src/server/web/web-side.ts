// The web side of a server: the page, and the WebSockets that it opens. Made once, for all listeners.

import { systemReason } from '../../lib/system-error.ts';
import type { Logger } from '../log.ts';
import type { HttpConnections, ListenerStreams } from '../transport/listener.ts';
import type { TrustedProxies } from '../transport/trusted-proxies.ts';
import { HttpSide, type HttpSideSettings } from './http-side.ts';
import { readPage, type WebPage } from './page.ts';

export interface WebSideSettings {
  /** Where the built page is. */
  readonly folder: string;
  /** Whose word about the origin of a request is believed. */
  readonly proxies: TrustedProxies;
}

export interface WebSide {
  readonly hasPage: boolean;
  /** HTTP for the connections of one listener. */
  readonly http: (streams: ListenerStreams) => HttpConnections;
}

/** Reads the page. Without one, WebSockets are served nevertheless. */
export async function openWebSide(
  { folder, proxies }: WebSideSettings,
  shared: Omit<HttpSideSettings, 'page' | 'proxies'>,
  log: Logger,
): Promise<WebSide> {
  const page = await pageIn(folder, log);
  const settings = { ...shared, page, proxies };
  return { hasPage: page.size > 0, http: (streams) => new HttpSide(settings, streams) };
}

async function pageIn(folder: string, log: Logger): Promise<WebPage> {
  const without = 'browsers get no page from this server';
  try {
    const page = await readPage(folder);
    if (page.size === 0) log.warn({}, `${without}: it was not built with it`);
    return page;
  } catch (error) {
    log.warn({}, `${without}: it cannot be read: ${systemReason(error)}`);
    return new Map();
  }
}
