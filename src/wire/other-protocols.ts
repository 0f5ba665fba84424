// Lines of other protocols, by which programs at the wrong port are told from people who mistype. A web page can make
// a browser send such lines to any port that it reaches, followed by words of its own: a connection that begins like
// this is not listened to. Knows only how their first lines look.

import { splitWord } from './text.ts';

/** First words of commands with which a chat, mail or file server is spoken to. */
const foreignVerbs: Readonly<Record<string, string>> = {
  NICK: 'IRC',
  CAP: 'IRC',
  USER: 'IRC, FTP or POP3',
  PASS: 'IRC, FTP or POP3',
  MAIL: 'SMTP',
  RCPT: 'SMTP',
  LHLO: 'SMTP',
};

/** `HTTP/1.1` and its like at the end of a line: RTSP and SIP have the same form, and so has the preface of HTTP/2. */
const versionWord = /^([a-z]{2,8})\/\d/i;

/** The fixed bytes of a STUN message, with which a page can make a browser ask any port for a relay. */
const stunCookie = '\x21\x12\xa4\x42';

/**
 * The protocol that a line of a connection before its login, as a binary string, belongs to; undefined where it may be
 * ours. No line that a login needs belongs to any other.
 */
export function otherProtocol(line: string): string | undefined {
  if (line.startsWith('\x16\x03')) return 'TLS';
  if (line.startsWith(stunCookie, 4) || line.startsWith(stunCookie, 6)) return 'STUN';
  if (/^SSH-\d/.test(line)) return 'SSH';
  const [verb, rest] = splitWord(line);
  return requestLineOf(rest) ?? foreignVerb(verb.toUpperCase());
}

/** What stands behind the method, in whatever letters and with whatever path: `<target> HTTP/1.1`. */
function requestLineOf(rest: string): string | undefined {
  const words = rest.trim();
  const [, name] = versionWord.exec(words.slice(words.lastIndexOf(' ') + 1)) ?? [];
  if (name === undefined) return undefined;
  // A target is a path, `*`, or an address: so `BCST I like HTTP/2` is a message, if one that comes too early.
  const isTarget =
    words.startsWith('/') || words.startsWith('*') || splitWord(words)[0].includes(':');
  return isTarget ? name.toUpperCase() : undefined;
}

function foreignVerb(verb: string): string | undefined {
  return Object.hasOwn(foreignVerbs, verb) ? foreignVerbs[verb] : undefined;
}
