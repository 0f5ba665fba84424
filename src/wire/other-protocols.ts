// Lines of other protocols: they tell programs at the wrong port from people who mistype. A web page can make a browser
// send such lines to any port that it reaches, followed by words of the page's choice. So the server ignores a
// connection that begins like this. Knows only how the first lines look.

import { splitWord } from './text.ts';

/** First words of commands for chat, mail and file servers. */
const foreignVerbs: Readonly<Record<string, string>> = {
  NICK: 'IRC',
  CAP: 'IRC',
  USER: 'IRC, FTP or POP3',
  PASS: 'IRC, FTP or POP3',
  MAIL: 'SMTP',
  RCPT: 'SMTP',
  LHLO: 'SMTP',
};

/** `HTTP/1.1` and similar at the end of a line: RTSP, SIP and the preface of HTTP/2 have the same form. */
const versionWord = /^([a-z]{2,8})\/\d/i;

/** The fixed bytes of a STUN message. A page can make a browser send one to any port. */
const stunCookie = '\x21\x12\xa4\x42';

/**
 * The protocol that a line before the login belongs to, as a binary string; undefined if the line may be ours. No line
 * that a login needs belongs to another protocol.
 */
export function otherProtocol(line: string): string | undefined {
  if (line.startsWith('\x16\x03')) return 'TLS';
  if (line.startsWith(stunCookie, 4) || line.startsWith(stunCookie, 6)) return 'STUN';
  if (/^SSH-\d/.test(line)) return 'SSH';
  const [verb, rest] = splitWord(line);
  return requestLineOf(rest) ?? foreignVerb(verb.toUpperCase());
}

/** What follows the method, in any case and with any path: `<target> HTTP/1.1`. */
function requestLineOf(rest: string): string | undefined {
  const words = rest.trim();
  const [, name] = versionWord.exec(words.slice(words.lastIndexOf(' ') + 1)) ?? [];
  if (name === undefined) return undefined;
  // A target is a path, `*`, or an address. So `BCST I like HTTP/2` is a message, although one before the login.
  const isTarget =
    words.startsWith('/') || words.startsWith('*') || splitWord(words)[0].includes(':');
  return isTarget ? name.toUpperCase() : undefined;
}

function foreignVerb(verb: string): string | undefined {
  return Object.hasOwn(foreignVerbs, verb) ? foreignVerbs[verb] : undefined;
}
