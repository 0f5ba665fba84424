// The ports of a login that takes no files: those that others leave at the server are for the next chat.
import type { ClientPorts } from '../../client/chat-client.ts';

export function withoutFiles({ files, ...others }: ClientPorts): ClientPorts {
  return { ...others, ...(files !== undefined && { fileRecords: files.store }) };
}
