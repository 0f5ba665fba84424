// Change sets in which each part names its set, so that a half-written one is noticed.

import type { ClientChange } from '../../src/client/store/store-port.ts';
import type { Username } from '../../src/wire/text.ts';
import { conversation, message, withBob } from '../conformance/client-store.ts';

export const conversationChange = conversation(withBob, 1);

/** A message that was received: its text, the session behind it, and the package that it used up. */
export function numbered(number: number): ClientChange[] {
  const bytes = new Uint8Array(3_000).fill(number & 0xff);
  const peer = 'bob' as Username;
  return [
    { type: 'message', message: message({ conversation: withBob, seq: number, encrypted: true }) },
    {
      type: 'session',
      session: { groupId: 'aa', peer, order: number, madeAt: 1, ownTexts: number, bytes },
    },
    {
      type: 'package',
      package: { reference: `${number + 1}`, lastResort: false, madeAt: 1, bytes },
    },
    { type: 'package-removed', reference: `${number}` },
    { type: 'stream', stream: 's', lastNumber: number },
  ];
}
