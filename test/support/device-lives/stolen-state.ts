// What somebody reads who has a copy of all that is stored of a device, and every line that the server ever stored of the
// sealed rooms from then on, in order: more than any server gives to a device that was revoked.
import { textOf } from '../../../src/client/content.ts';
import { GroupEngine } from '../../../src/client/encryption/group/engine.ts';
import { TrustBook } from '../../../src/client/encryption/trust/trust-book.ts';
import { MemoryClientStore } from '../../../src/client/store/memory-store.ts';
import type { ConversationName } from '../../../src/wire/extended/names.ts';
import type { Username } from '../../../src/wire/text.ts';
import { MemoryPins } from '../memory/memory-pins.ts';
import { statementCiphers } from '../worlds/group-world.ts';
import type { DeviceWorld } from './device-world.ts';
import type { DeviceState } from './life-device.ts';

/** The texts that can be read with it. */
export async function readWith(state: DeviceState, world: DeviceWorld): Promise<Set<string>> {
  const { suite } = world;
  const { name, device, changes, pins: known, chains } = state;
  const store = new MemoryClientStore();
  for (const set of changes) store.apply(set);
  const { groupParts, conversations } = store.records;
  const pins = new MemoryPins();
  for (const [user, pin] of known) pins.kept.set(user, pin);
  for (const [user, chain] of chains) pins.chains.set(user, chain);
  const own = chains.get(name);
  const account = {
    root16: own?.chain.steps[0]?.hash.slice(0, 16) ?? new Uint8Array(16),
    links: own?.links ?? [],
  };
  const engine = new GroupEngine(
    {
      suite,
      device,
      me: name as Username,
      now: () => Date.now(),
      ciphers: statementCiphers(suite),
      trusts: new TrustBook(pins, () => {}),
      account: async () => account,
      latest: () => own && { ...account, chain: own.chain },
    },
    groupParts,
  );
  const read = new Set<string>();
  for (const conversation of world.conversations) {
    const { cursor = 0 } = conversations.find((one) => one.name === conversation) ?? {};
    for (const line of world.linesOf(conversation)) {
      if ((line.seq ?? 0) <= cursor) continue;
      const outcome = await engine.read(conversation as ConversationName, line);
      if (outcome.line.kind === 'message') read.add(textOf(outcome.line.content));
      if (outcome.line.kind === 'said') {
        const { content } = outcome.line.frame;
        if (content.kind === 'text') read.add(content.text);
      }
    }
  }
  return read;
}
