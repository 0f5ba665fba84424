// What somebody says where the server can read it: a plain text, or a content in the same encoding as in sealed frames
// with a sentence beside it for clients that do not know it.
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { concatBytes } from '../../../lib/bytes.ts';
import {
  decodeContent,
  encodeContent,
  isAmendment,
  textContent,
  type AmendmentContent,
  type SaidContent,
  type TextContent,
} from '../../content.ts';
import { openId } from '../../amending/target.ts';
import type { HashSha256 } from '../../ports.ts';
import type { HistoryRecord } from '../../store/store-port.ts';
import type { Conversation } from '../conversations.ts';
import { received } from './batch.ts';
import type { LogMessage } from './catch-up.ts';

export type OpenContent = TextContent | SaidContent | AmendmentContent;

/** For SEND. */
export function encodeOpenContent(content: OpenContent): string {
  const { code, bytes } = encodeContent(content);
  return encodeBase64url(concatBytes(Uint8Array.of(code), bytes));
}

/** What a line says. Of what this version does not know, the sentence beside it. */
export function openContentOf({ text = '', content }: LogMessage): OpenContent {
  const bytes = content === undefined ? undefined : decodeBase64url(content);
  const [code] = bytes ?? [];
  if (bytes === undefined || code === undefined) return textContent(text);
  const known = decodeContent({ code, bytes: bytes.subarray(1) });
  if (known === undefined) return textContent(text);
  return known.kind === 'said' || isAmendment(known) ? known : textContent(text);
}

/** Without it what the server can read has no ids by which others could mean it. */
export interface HashPort {
  readonly sha256?: HashSha256 | undefined;
}

/** By which others mean an open message. `id`: as its sender gave it. */
export async function openIdOf(
  { sha256 }: HashPort,
  id: string | undefined,
): Promise<{ readonly textId?: string }> {
  return id === undefined || sha256 === undefined ? {} : { textId: await openId(sha256, id) };
}

/** What stands in the place of what the server has erased before this device had it: it may be on another one. */
export async function erasedMark(
  ports: HashPort,
  conversation: Conversation,
  said: LogMessage,
): Promise<HistoryRecord> {
  const encrypted = conversation.isSealed || conversation.peer !== undefined;
  const openly = encrypted ? {} : await openIdOf(ports, said.id);
  const unreadable = 'it was deleted before this device had it';
  return { ...received(conversation, said), encrypted, unreadable, ...openly };
}
