// Takes an export into the history of this device: what is not here is added, with a mark that nothing proves it, and
// nothing else changes. Read twice: nothing is taken of a file that has a fault anywhere. The same file again adds
// nothing.
//
// What is added is never taken for what it says it was: it is not encrypted, has no key, and no id by which others could
// have said something of it. So a made-up file shows what somebody has written into it, with the mark, and no more.
import { encodeBase64url } from '../../lib/base64url.ts';
import { decodeUtf8, parseHex } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { LineSplitter } from '../../wire/line-splitter.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { textContent, type MessageContent } from '../content.ts';
import { epochsOf } from '../history/history-import.ts';
import { baseOf, epochOf } from '../store/log-epochs.ts';
import type { ConversationRecord, FiledRecord } from '../store/store-port.ts';
import {
  exportVersion,
  maxExportLine,
  maxExportLines,
  parseExportLine,
  type ExportLine,
  type ExportLineOf,
} from './export-form.ts';

export interface ImportTarget {
  readonly me: Username;
  readonly identity: () => Promise<Uint8Array | undefined>;
  /** The conversation here, as it would be if it was unknown. Undefined if it cannot be one of this account. */
  readonly record: (name: ConversationName) => ConversationRecord | undefined;
  readonly hasText: (name: ConversationName, textId: string) => Promise<boolean>;
  /** Adds messages of one conversation. Resolves when they are on the disk. */
  readonly add: (name: ConversationName, messages: readonly FiledRecord[]) => Promise<void>;
}

/** The content of a file, from its beginning each time. */
export type ReadExport = () => AsyncIterable<Uint8Array>;

export interface ImportReport {
  /** So many messages were in it that can be taken. What was here already is among them. */
  readonly messages: number;
  /** Deleted, unreadable, of the server, or of a kind that this version does not know. */
  readonly left: number;
  readonly conversations: number;
}

/** Written at once. */
const batchSize = 256;

/** The error says which line is wrong, and why, for people. */
export async function importExport(
  read: ReadExport,
  target: ImportTarget,
): Promise<Result<ImportReport, string>> {
  const checked = await check(read, target);
  return checked.ok ? ok(await take(read, target)) : checked;
}

type Numbered = { readonly n: number } & (
  { readonly line: ExportLine } | { readonly passed: true } | { readonly fault: string }
);

async function* linesOf(read: ReadExport): AsyncIterable<Numbered> {
  const splitter = new LineSplitter(maxExportLine);
  let n = 0;
  for await (const chunk of read()) {
    const lines: (string | undefined)[] = [];
    const isShort = splitter.push(chunk, (line) => void lines.push(decodeUtf8(line)));
    for (const line of lines) {
      n += 1;
      if (n > maxExportLines) yield { n, fault: `there are more than ${maxExportLines}` };
      else if (line === undefined) yield { n, fault: 'it is no UTF-8' };
      else if (line.trim() !== '') yield { n, ...parseExportLine(line) };
    }
    if (!isShort) {
      yield { n: n + 1, fault: `it is longer than ${maxExportLine} bytes` };
      return;
    }
  }
}

async function check(read: ReadExport, target: ImportTarget): Promise<Result<undefined, string>> {
  let isBegun = false;
  let isEnded = false;
  let hasConversation = false;
  let messages = 0;
  const wrong = (n: number, why: string) => err(`nothing was taken: line ${n}: ${why}`);
  for await (const read1 of linesOf(read)) {
    const { n } = read1;
    if ('fault' in read1) return wrong(n, read1.fault);
    if (isEnded) return wrong(n, 'it is behind the end');
    if ('passed' in read1) {
      if (!isBegun) return wrong(n, 'it does not begin as an export of helo');
      continue;
    }
    const { line } = read1;
    if (!isBegun && line.type !== 'helo-export')
      return wrong(n, 'it does not begin as an export of helo');
    switch (line.type) {
      case 'helo-export':
        if (isBegun) return wrong(n, 'it begins a second time');
        if (line.version !== exportVersion)
          return wrong(n, `it is of version ${line.version}, and this helo reads ${exportVersion}`);
        if (line.account !== target.me)
          return wrong(n, `it is of the account ${line.account}, and this one is ${target.me}`);
        isBegun = true;
        break;
      case 'conversation':
        if (target.record(line.name) === undefined)
          return wrong(n, `${line.name} can be no conversation of ${target.me}`);
        hasConversation = true;
        break;
      case 'message':
        if (!hasConversation) return wrong(n, 'it is in no conversation');
        messages += 1;
        break;
      case 'end':
        if (line.messages !== messages)
          return wrong(
            n,
            `${line.messages} messages are to be before it, and there are ${messages}`,
          );
        isEnded = true;
        break;
      case 'person':
        break;
    }
  }
  return isEnded
    ? ok(undefined)
    : err('nothing was taken: the file has no end, so a part of it is missing');
}

async function take(read: ReadExport, target: ImportTarget): Promise<ImportReport> {
  const report = { messages: 0, left: 0, conversations: 0 };
  const identity = await target.identity();
  let isSameServer = false;
  let into: Into | undefined;
  let batch: FiledRecord[] = [];
  const flush = async (): Promise<void> => {
    if (into !== undefined && batch.length > 0) await target.add(into.record.name, batch);
    batch = [];
  };
  for await (const one of linesOf(read)) {
    if (!('line' in one)) continue;
    const { line } = one;
    if (line.type === 'helo-export') {
      isSameServer = identity !== undefined && line.server === encodeBase64url(identity);
    } else if (line.type === 'conversation') {
      await flush();
      const record = target.record(line.name);
      if (record === undefined) continue;
      into = new Into(record, isSameServer ? line.log : 0);
      report.conversations += 1;
    } else if (line.type === 'message' && into !== undefined) {
      const message = into.filed(line);
      if (message === undefined) {
        report.left += 1;
        continue;
      }
      report.messages += 1;
      const { name } = into.record;
      if (line.id !== undefined && (await target.hasText(name, line.id))) continue;
      batch.push(message);
      if (batch.length === batchSize) await flush();
    }
  }
  await flush();
  return report;
}

/** Where messages of a file belong in a conversation here. */
class Into {
  readonly record: ConversationRecord;
  /** The server's number of the file's log, if this device knows it. */
  readonly #log: number | undefined;
  #place = 0;

  constructor(record: ConversationRecord, log: number) {
    this.record = record;
    const isKnown = log !== 0 && [record, ...record.earlier].some((one) => one.log === log);
    this.#log = isKnown ? log : undefined;
  }

  filed(line: ExportLineOf<'message'>): FiledRecord | undefined {
    const { at, from, guest = false, seq } = line;
    const content = this.#contentOf(line);
    if (from === undefined || content === undefined) return undefined;
    const message = {
      conversation: this.record.name,
      localId: undefined,
      at,
      from,
      guest,
      content,
      encrypted: false,
      key: undefined,
      unreadable: undefined,
      state: undefined,
      reason: undefined,
      imported: true as const,
    };
    if (this.#log === undefined || line.earlier === true) {
      // Before all that is here, in the order of time, in which it is found again when the file comes once more.
      const place = Math.floor(at / 1000);
      return { ...message, epoch: baseOf(this.record) - 1, place, seq: undefined };
    }
    // What is still to come by itself gets no number here: it would be in its way.
    const own = seq !== undefined && seq <= this.record.cursor ? seq : undefined;
    this.#place = own ?? Math.min(seq ?? this.#place, this.record.cursor);
    const epochs = epochsOf({ log: this.#log, earlier: [] }, this.record);
    return { ...message, epoch: epochOf(epochs, this.#place), place: this.#place, seq: own };
  }

  #contentOf({ text, reply, file }: ExportLineOf<'message'>): MessageContent | undefined {
    if (file !== undefined)
      return { kind: 'file', at: 'sender', ...file, sha256: parseHex(file.sha256) };
    if (text === undefined || text === '') return undefined;
    // Numbers of another log are of other messages here. Mentions must not call anybody a second time.
    const answered = this.#log === undefined ? undefined : reply;
    return answered === undefined
      ? textContent(text)
      : { kind: 'said', reply: answered, text, mentions: [] };
  }
}
