// Writes an export, page by page: however much there is, one page and the names of people are in memory.
import { currentOf } from '../amending/current.ts';
import { noTargetId, targetIdOf } from '../amending/target.ts';
import { textOf } from '../content.ts';
import type { ConversationRecord, HistoryRange, HistoryRecord } from '../store/store-port.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import { formatHex } from '../../lib/bytes.ts';
import { directConversation, type ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { exportVersion, type ExportLine, type ExportLineOf } from './export-form.ts';
import { isExported, type ExportSource } from './export-source.ts';

const pageSize = 200;
/** Of more people than this the keys are left out. */
const maxPeople = 10_000;

/** One conversation, or all of them. One piece of text for each page. */
export async function* exportJson(
  source: ExportSource,
  only?: ConversationName,
): AsyncIterable<string> {
  const { me, now } = source;
  const identity = await source.identity();
  yield formatted({
    type: 'helo-export',
    version: exportVersion,
    account: me,
    ...(identity && { server: encodeBase64url(identity) }),
    made: now(),
  });
  const people = new Set<Username>();
  let messages = 0;
  // What the devices of the account say to each other is no history.
  const own = directConversation(me, me);
  for (const { name, log } of inOrder(source.records())) {
    if (name === own || (only !== undefined && name !== only)) continue;
    yield formatted({
      type: 'conversation',
      name,
      log,
      sealed: name.startsWith('@') || source.isSealed(name),
    });
    let next: HistoryRange = { kind: 'first' };
    for (;;) {
      const page = await source.historyRange(name, next, pageSize);
      const last = page.at(-1);
      if (last === undefined) break;
      const told = page.filter(isExported);
      messages += told.length;
      for (const { from } of told)
        if (from !== undefined && from !== me && people.size < maxPeople) people.add(from);
      yield told.map((record) => formatted(messageLine(record))).join('');
      next = { kind: 'after', message: last };
    }
  }
  for (const name of people) {
    const pin = await source.pinOf(name);
    const key = pin && { key: encodeBase64url(pin.key) };
    yield formatted({ type: 'person', name, ...key, verified: pin?.verified === true });
  }
  yield formatted({ type: 'end', messages });
}

/** Always the same: the lobby, and then by name. */
function inOrder(records: readonly ConversationRecord[]): readonly ConversationRecord[] {
  const rank = ({ name }: ConversationRecord): string => (name === 'lobby' ? '' : name);
  return [...records].sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

function formatted(line: ExportLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** What is not there is left out. */
function messageLine(record: HistoryRecord): ExportLineOf<'message'> {
  const { at, from, guest, seq, epoch, encrypted, key, state, unreadable, imported } = record;
  const { content, edits, deletion, reactions } = currentOf(record);
  const id = targetIdOf(record);
  const said = content.kind === 'said' ? content : undefined;
  const isText = (said !== undefined || content.kind === 'text') && deletion === undefined;
  const forms = [{ at, text: textOf(record.content) }, ...edits].slice(0, -1);
  return {
    type: 'message',
    at,
    ...(from !== undefined && { from }),
    ...(guest && { guest }),
    ...(isText && unreadable === undefined && { text: textOf(content) }),
    ...(seq !== undefined && { seq }),
    ...(epoch !== undefined && { earlier: true as const }),
    ...(id !== noTargetId && { id }),
    ...(encrypted && { encrypted }),
    ...(key !== undefined && { key }),
    ...(state !== undefined && { state }),
    ...(said?.reply !== undefined && { reply: said.reply }),
    ...(said !== undefined && said.mentions.length > 0 && { mentions: [...said.mentions] }),
    ...(forms.length > 0 && {
      forms: forms.map(({ at: formAt, text }) => ({ at: formAt, text })),
    }),
    ...(reactions.length > 0 && {
      reactions: reactions.map(({ emoji, by }) => ({ emoji, by: [...by] })),
    }),
    ...(deletion !== undefined && { deleted: { by: deletion.by, at: deletion.at } }),
    ...(content.kind === 'file' && {
      file: { name: content.name, size: content.size, sha256: formatHex(content.sha256) },
    }),
    ...(content.kind === 'unknown' && { unknown: true as const }),
    ...(unreadable !== undefined && deletion === undefined && { unreadable }),
    ...(imported === true && { imported }),
  };
}
