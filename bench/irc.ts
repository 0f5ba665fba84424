// What the peers that are IRC servers share.

import type { Dialect } from './dialect.ts';

export interface IrcForm {
  /** The user and host that others see of a person with that name. */
  readonly mask: (name: string) => string;
  /** How many logins may be in progress at once. */
  readonly loginsAtOnce: number;
}

/** The dialect of an IRC server [RFC 2812]. */
export function ircDialect({ mask, loginsAtOnce }: IrcForm): Dialect {
  const said = (from: string, to: string, payload: string) =>
    `:${from}!${mask(from)} PRIVMSG ${to} :${payload}\r\n`;
  return {
    login: (name) => [
      { send: `NICK ${name}\r\nUSER ${name} 0 * :${name}\r\n` },
      { until: ` 001 ${name} ` },
      { send: 'PING login\r\n' },
      { until: ':login\r\n' },
    ],
    join: (name) => [
      { send: 'JOIN #lobby\r\n' },
      { until: ` 366 ${name} #lobby ` },
      { until: '\r\n' },
    ],
    barrier: [{ send: 'PING barrier\r\n' }, { until: ':barrier\r\n' }],
    loginsAtOnce,
    speakersJoin: true,
    broadcast: (payload) => `PRIVMSG #lobby :${payload}\r\n`,
    broadcastArrives: (from, payload) => said(from, '#lobby', payload),
    privately: (to, payload) => `PRIVMSG ${to} :${payload}\r\n`,
    privateArrives: said,
    // Somebody's connection was closed for reading too slowly.
    aside: /^(:\S+ QUIT |ERROR :).*\r\n$/,
  };
}
