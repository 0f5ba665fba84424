// `/export` and `/import` in line mode.

import type { ChatClient } from '../../client/chat-client.ts';
import type { ArchiveActions } from '../../client/commands/archive-actions.ts';
import { importWords } from '../../client/export/archive.ts';
import type { ReadExport } from '../../client/export/import-run.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { conversationCalled } from './search.ts';

/** Writes a new file: all of it or nothing, never over an existing one. Returns its absolute path, or why it failed. */
export type WriteFile = (
  path: string,
  text: AsyncIterable<string>,
) => Promise<Result<string, string>>;

/** The content of a file, each time from its beginning; or why it cannot be read. */
export type ReadFile = (path: string) => Promise<Result<ReadExport, string>>;

export function lineArchive(client: ChatClient, write: WriteFile, read: ReadFile): ArchiveActions {
  return {
    export: async (path, place, format) => {
      const { archive } = client;
      if (client.conversations.length === 0 || archive === undefined)
        return err('nothing is kept for guests');
      const name = place === '*all' ? undefined : conversationCalled(place ?? 'lobby', client);
      if (name === undefined && place !== '*all')
        return err(`there is no conversation ${place ?? 'lobby'}`);
      const written = await write(path, archive.write(format, name));
      return written.ok ? ok(`written to ${written.value}`) : written;
    },
    import: async (path) => {
      const { archive } = client;
      if (archive === undefined) return err('nothing is kept for guests');
      if (path === '') return err('nothing was taken. It is written: /import path');
      const file = await read(path);
      if (!file.ok) return file;
      const done = await archive.take(file.value);
      return done.ok ? ok(importWords(done.value)) : done;
    },
  };
}
