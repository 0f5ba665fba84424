// An export of helo: lines of JSON, one thing each, first of all what it is. Owns the form of version 1, which
// docs/EXPORT.md describes, and the caps of what is read. Fields and types may be added within a version: readers pass
// over what they do not know.
import * as v from 'valibot';
import { parseConversation, type ConversationName } from '../../wire/extended/names.ts';
import { parseUsername, type Username } from '../../wire/text.ts';

export const exportVersion = 1;

/** Of a line, in UTF-16 code units, and of the lines of a file. */
export const maxExportLine = 256 * 1024;
export const maxExportLines = 10_000_000;
const maxText = 65_536;
const maxListed = 10_000;

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const number = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** Milliseconds since 1970, until the end of what a date can be. */
const time = v.pipe(natural, v.maxValue(8.64e15));
const text = v.pipe(v.string(), v.maxLength(maxText));
const short = v.pipe(v.string(), v.maxLength(256));
const username = v.custom<Username>(
  (name) => typeof name === 'string' && parseUsername(name) !== undefined,
);
const conversation = v.custom<ConversationName>(
  (name) => typeof name === 'string' && parseConversation(name) !== undefined,
);
const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

const head = v.object({
  type: v.literal('helo-export'),
  version: natural,
  account: username,
  /** The identity of the server, in base64url. */
  server: v.optional(short),
  /** By the clock of the device. */
  made: time,
});

const conversationLine = v.object({
  type: v.literal('conversation'),
  name: conversation,
  /** The server's number of its log. */
  log: natural,
  sealed: v.boolean(),
});

const message = v.object({
  type: v.literal('message'),
  at: time,
  /** Without one it is a line of the server. */
  from: v.optional(username),
  guest: v.optional(v.literal(true)),
  /** As it is now. Undefined of what has none: deleted, a file, unreadable, unknown. */
  text: v.optional(text),
  seq: v.optional(number),
  /** It is of an earlier log of the conversation. */
  earlier: v.optional(v.literal(true)),
  id: v.optional(id),
  encrypted: v.optional(v.literal(true)),
  key: v.optional(v.picklist(['verified', 'pinned', 'changed'])),
  state: v.optional(v.picklist(['waiting', 'stored', 'delivered', 'refused'])),
  reply: v.optional(v.object({ seq: number, id })),
  mentions: v.optional(
    v.pipe(v.array(v.object({ root: id, offset: natural, length: natural })), v.maxLength(20)),
  ),
  /** Its earlier texts, oldest first. */
  forms: v.optional(v.pipe(v.array(v.object({ at: time, text })), v.maxLength(100))),
  reactions: v.optional(
    v.pipe(
      v.array(v.object({ emoji: short, by: v.pipe(v.array(username), v.maxLength(maxListed)) })),
      v.maxLength(64),
    ),
  ),
  deleted: v.optional(v.object({ by: username, at: time })),
  file: v.optional(
    v.object({
      name: v.pipe(v.string(), v.minLength(1), v.maxLength(1024)),
      size: natural,
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    }),
  ),
  unreadable: v.optional(text),
  unknown: v.optional(v.literal(true)),
  imported: v.optional(v.literal(true)),
});

/** Somebody whose messages are there, and what this device knew of their key. */
const person = v.object({
  type: v.literal('person'),
  name: username,
  key: v.optional(short),
  verified: v.boolean(),
});

const end = v.object({ type: v.literal('end'), messages: natural });

export const exportLine = v.variant('type', [head, conversationLine, message, person, end]);
export type ExportLine = v.InferOutput<typeof exportLine>;
export type ExportLineOf<Type extends ExportLine['type']> = Extract<ExportLine, { type: Type }>;

const typed = v.looseObject({ type: v.string() });
const known: ReadonlySet<string> = new Set([
  'helo-export',
  'conversation',
  'message',
  'person',
  'end',
]);

/** What a line says, `passed` if it is of a type that this version does not know; or why it is none. */
export function parseExportLine(
  line: string,
): { readonly line: ExportLine } | { readonly passed: true } | { readonly fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { fault: 'it is no JSON' };
  }
  const what = v.safeParse(typed, value);
  if (!what.success) return { fault: 'it has no type' };
  if (!known.has(what.output.type)) return { passed: true };
  const read = v.safeParse(exportLine, value, { abortEarly: true });
  if (read.success) return { line: read.output };
  const [issue] = read.issues;
  return { fault: `${v.getDotPath(issue) ?? 'it'} is not as it must be` };
}
