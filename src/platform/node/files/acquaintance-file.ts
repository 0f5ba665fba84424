// People whose files are accepted without asking, in the data directory: one small file beside the transfer records,
// one line for each person. Does not decide who they are.
import { join } from 'node:path';
import type { KnownSenderRecord, KnownSenderStore } from '../../../client/files/ports.ts';
import { decodeUtf8, encodeUtf8 } from '../../../lib/bytes.ts';
import { readPrivateFile, replacePrivateFile } from '../private-file.ts';
import { transferFolder } from './transfer-files.ts';

const head = 'helo acquaintances 1';
/** Enough for ten thousand people with the longest names and figures. */
const maxBytes = 1024 * 1024;
const form = /^(\w{1,32}) (\d{1,16}) (written-to|compared)$/;

/** The known senders of the user `me` at one server, in the data directory `directory`. */
export function openAcquaintanceFile(
  directory: string,
  serverKey: string,
  me: string,
): KnownSenderStore {
  const path = join(transferFolder(directory, serverKey, me), 'acquaintances');
  return {
    async load() {
      const bytes = await readPrivateFile(path, maxBytes);
      const [version, ...lines] = (bytes && decodeUtf8(bytes))?.split('\n') ?? [];
      return version === head ? lines.flatMap((line) => decode(line) ?? []) : [];
    },
    keep: (records) =>
      replacePrivateFile(path, encodeUtf8([head, ...records.map(encode), ''].join('\n'))),
  };
}

function encode({ user, takenBytes, isWrittenTo }: KnownSenderRecord): string {
  return `${user} ${takenBytes} ${isWrittenTo ? 'written-to' : 'compared'}`;
}

function decode(line: string): KnownSenderRecord | undefined {
  const [, user, taken, how] = form.exec(line) ?? [];
  if (user === undefined) return undefined;
  return { user, takenBytes: Number(taken), isWrittenTo: how === 'written-to' };
}
