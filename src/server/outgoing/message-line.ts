// MSG, the line in which a message is delivered and stored, and SENT, its confirmation. Each message needs one of each,
// so they are written by hand: `formatExtendedEvent` gives the same [message-line.test.ts] in three times the time.

import type { SaidPost, SealedPart } from '../../hub/effects.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';

/** The line, with its end, as a binary string. */
export function formatMessage(said: SaidPost): string {
  // Names, ids and base64url contain nothing that JSON escapes.
  let line = `MSG {"in":"${said.name}"`;
  if (said.seq !== undefined) line += `,"seq":${said.seq}`;
  line += `,"at":${said.at}`;
  if (said.from !== undefined) line += `,"from":"${said.from}"`;
  if (said.guest) line += ',"guest":true';
  if (said.id !== undefined) line += `,"id":"${said.id}"`;
  if (said.text !== undefined) line += `,"text":${JSON.stringify(said.text)}`;
  if (said.content !== undefined) line += `,"content":"${said.content}"`;
  if (said.sealed !== undefined) line += `,"sealed":"${said.sealed}"`;
  if (said.welcome !== undefined) line += `,"welcome":"${said.welcome}"`;
  if (said.device !== undefined) line += `,"device":"${said.device}"`;
  if (said.inSealed !== undefined) line += formatSealedPart(said.inSealed);
  return `${line}}\n`;
}

/** The fields of a sealed group's line. */
function formatSealedPart(part: SealedPart): string {
  const { seen, on } = part;
  let fields = '';
  if (seen !== undefined) fields += `,"seen":${seen}`;
  if (on !== undefined) fields += `,"on":${on}`;
  // Of a message these are all.
  if (part.kind === undefined && part.records === undefined && part.out === undefined) {
    return fields;
  }
  const { kind, commit, info, records, chain, out } = part;
  const more = JSON.stringify({ kind, commit, info, records, chain, out });
  return more === '{}' ? fields : `${fields},${more.slice(1, -1)}`;
}

/** The confirmation, with its end, as a binary string. */
export function formatSent(sent: ExtendedEventOf<'SENT'>): string {
  const label = sent.label === undefined ? '' : `"label":${JSON.stringify(sent.label)},`;
  let line = `SENT {${label}"in":"${sent.in}","id":"${sent.id}"`;
  if (sent.seq !== undefined) line += `,"seq":${sent.seq}`;
  if (sent.at !== undefined) line += `,"at":${sent.at}`;
  if (sent.repeated !== undefined) line += `,"repeated":${sent.repeated}`;
  if (sent.wantTree !== undefined) line += `,"wantTree":${sent.wantTree}`;
  return `${line}}\n`;
}
