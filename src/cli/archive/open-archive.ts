// The stored history of an account without a connection: nothing is asked of the server. While another program has the
// account open, that one exports and imports (/export, /import): one program at a time writes there.
import { serverKeyOf } from '../../client/connection/server-address.ts';
import { Archive } from '../../client/export/archive.ts';
import { unknownRecord } from '../../client/export/file-import.ts';
import type { ClientChange } from '../../client/store/store-port.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { accountPorts } from '../../platform/node/client-ports.ts';
import { isKnownThere } from '../../platform/node/server-place.ts';
import { nodeClock } from '../../platform/node/runtime.ts';
import type { Username } from '../../wire/text.ts';
import { defaultDownloads } from '../downloads.ts';
import { systemFailure, usageFailure, type Failure } from '../failure.ts';
import type { ImportOptions } from './options.ts';

export interface OpenArchive {
  readonly archive: Archive;
  readonly close: () => Promise<void>;
}

/** Rejects with a PrivateFileError if the data directory cannot be used. */
export async function openArchive(
  me: Username,
  { server: address, data }: ImportOptions,
): Promise<Result<OpenArchive, Failure>> {
  if (!(await isKnownThere(data, address, me))) {
    return err(
      usageFailure(`${data} has nothing of ${me} at that server`, 'Name the server with --server.'),
    );
  }
  const place = { address, data, downloads: defaultDownloads(), acceptUpTo: 0 };
  const { ports, busy } = await accountPorts(me, place, undefined);
  const { keeping, knownServers, pins } = ports;
  if (busy || keeping === undefined) {
    const message = `another program has the account ${me} open`;
    return err(systemFailure(message, 'Type /export or /import there.'));
  }
  const { store } = keeping;
  let { conversations } = keeping.records;
  const sealed = new Set(keeping.records.groupParts.map(({ conversation }) => conversation));
  const identity = () => knownServers.identityOf(serverKeyOf(address));
  const recordOf = (name: string) => conversations.find((one) => one.name === name);
  const archive = new Archive(
    {
      me,
      now: nodeClock,
      identity,
      records: () => conversations,
      isSealed: (name) => sealed.has(name),
      historyRange: store.historyRange.bind(store),
      pinOf: (user) => pins.get(user),
    },
    {
      me,
      identity,
      record: (name) => recordOf(name) ?? unknownRecord(me, name),
      hasText: store.hasText.bind(store),
      add: async (name, messages) => {
        const made = recordOf(name) === undefined ? unknownRecord(me, name) : undefined;
        const changes: ClientChange[] =
          made === undefined ? [] : [{ type: 'conversation', conversation: made }];
        await store.write([...changes, { type: 'imported', messages }]);
        if (made !== undefined) conversations = [...conversations, made];
      },
    },
  );
  return ok({ archive, close: () => store.close() });
}
