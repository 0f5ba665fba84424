// What a person has on the device before the start: a group that they have left, with as many messages as a test wants.
// Written by the store itself, where the program looks for it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { textContent } from '../../src/client/content.ts';
import { parseServerAddress, serverKeyOf } from '../../src/client/connection/server-address.ts';
import type { ClientChange } from '../../src/client/store/store-port.ts';
import { openClientStore } from '../../src/platform/node/client-store/open.ts';
import { groupConversation } from '../../src/wire/extended/names.ts';
import type { GroupName, Username } from '../../src/wire/text.ts';

export interface SaidBefore {
  readonly from: string;
  readonly text: string;
  readonly at: number;
}

/** Stores `said` as the history of `group`, for `user` at the server `host:port`. `dataHome`: XDG_DATA_HOME. */
export async function keepHistory(
  { dataHome, server, user }: { dataHome: string; server: string; user: string },
  group: string,
  said: readonly SaidBefore[],
): Promise<void> {
  const address = parseServerAddress(server);
  assert.ok(address.ok);
  const data = join(dataHome, 'helo', 'client');
  const opened = await openClientStore(data, serverKeyOf(address.value), user);
  assert.equal(opened.kind, 'open');
  const conversation = groupConversation(group as GroupName);
  const changes = said.map(({ from, text, at }, index): ClientChange => ({
    type: 'message',
    message: {
      conversation,
      localId: undefined,
      seq: index + 1,
      at,
      from: from as Username,
      guest: false,
      content: textContent(text),
      encrypted: false,
      key: undefined,
      unreadable: undefined,
      state: undefined,
      reason: undefined,
    },
  }));
  const last = said.length;
  await opened.store.write([
    {
      type: 'conversation',
      conversation: {
        name: conversation,
        log: 1,
        epoch: 0,
        earlier: [],
        cursor: last,
        read: last,
      },
    },
    ...changes,
  ]);
  await opened.store.close();
}
