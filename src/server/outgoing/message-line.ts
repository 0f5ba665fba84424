// MSG, the line that what was said in a conversation is heard and kept as. Each message is one, so it is put
// together by hand: `formatExtendedEvent` gives the same [message-line.test.ts] in three times the time.

import type { Said } from '../../hub/effects.ts';

/** The line, with its end, as a binary string. */
export function formatMessage(said: Said): string {
  // Names, ids and what is base64url hold nothing that JSON escapes.
  let line = `MSG {"in":"${said.name}"`;
  if (said.seq !== undefined) line += `,"seq":${said.seq}`;
  line += `,"at":${said.at}`;
  if (said.from !== undefined) line += `,"from":"${said.from}"`;
  if (said.guest) line += ',"guest":true';
  if (said.id !== undefined) line += `,"id":"${said.id}"`;
  if (said.text !== undefined) line += `,"text":${JSON.stringify(said.text)}`;
  if (said.sealed !== undefined) line += `,"sealed":"${said.sealed}"`;
  if (said.welcome !== undefined) line += `,"welcome":"${said.welcome}"`;
  return `${line}}\n`;
}
