// Messages that disappear [13.13]: for how long they may be read, in seconds. One list, for clients and for the server.

/** One hour, a day, a week, thirty days. */
export const expirySeconds = [3_600, 86_400, 604_800, 2_592_000] as const;

export type ExpirySeconds = (typeof expirySeconds)[number];

export function isExpirySeconds(seconds: number): seconds is ExpirySeconds {
  return expirySeconds.some((one) => one === seconds);
}

/** However late it is read: so long after it was said a message ends everywhere, in milliseconds. */
export function longestLifeMs(seconds: ExpirySeconds): number {
  return 2 * seconds * 1000;
}
