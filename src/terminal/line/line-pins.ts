// `/pin`, `/unpin` and `/pins` in line mode: there is nothing to choose with, so the first is about the last message of the
// conversation that is named, and says which one it was.
import { maxPins } from '../../client/amending/amendments.ts';
import { currentOf } from '../../client/amending/current.ts';
import { targetIdOf } from '../../client/amending/target.ts';
import type { ChatClient } from '../../client/chat-client.ts';
import type { PinActions } from '../../client/commands/pin-actions.ts';
import type { PlacedRecord } from '../../client/store/store-port.ts';
import { cannotAmend } from '../../client/wording/cannot-amend.ts';
import { replied, type PrintedLine } from '../../client/wording/printed-line.ts';
import { err, ok } from '../../lib/result.ts';
import { done, wordsOf } from './line-messages.ts';
import { lineOf } from './line-goto.ts';
import { conversationCalled } from './search.ts';

/** So many of the last messages are looked through. */
const maxLooked = 50;

export function linePins(client: ChatClient, print: (line: PrintedLine) => void): PinActions {
  const called = (id: string) => {
    const name = conversationCalled(id, client);
    return client.conversations.find((one) => one.name === name);
  };
  return {
    pin: async (id, on) => {
      const { speech } = client;
      if (speech === undefined) return err('that needs an account');
      const conversation = called(id);
      if (conversation === undefined) return err(`there is no conversation ${id}`);
      const { name, place } = conversation;
      if (place.kind === 'lobby') return err(cannotAmend.noPins);
      if (place.kind === 'group' && !(await speech.mayDeleteOthers(place)))
        return err(cannotAmend.notYourPins);
      const pinned = await client.pinned(name);
      const record = on
        ? (await client.historyRange(name, { kind: 'last' }, maxLooked)).findLast(isPinnable)
        : pinned.at(-1);
      if (record?.seq === undefined || record.from === undefined)
        return err(on ? 'nothing was said there lately' : 'nothing is pinned there');
      if (on && pinned.length >= maxPins) return err(cannotAmend.tooManyPins);
      const about = { target: { seq: record.seq, id: targetIdOf(record) }, from: record.from };
      const words = `${on ? 'pinned' : 'unpinned'}: ${wordsOf(record)}`;
      return done(await speech.pin(place, about, on), words);
    },
    pins: async (id) => {
      const conversation = called(id);
      if (conversation === undefined) return err(`there is no conversation ${id}`);
      const all = await client.pinned(conversation.name);
      for (const one of all) {
        const by = currentOf(one).pin?.by ?? '';
        print(replied(`${lineOf(one, client.username, false)} (pinned by ${by})`));
      }
      return ok(all.length === 0 ? 'nothing is pinned there' : undefined);
    },
  };
}

function isPinnable(record: PlacedRecord): boolean {
  const { deletion, pin } = currentOf(record);
  return (
    record.seq !== undefined &&
    record.from !== undefined &&
    record.unreadable === undefined &&
    deletion === undefined &&
    pin === undefined
  );
}
