// Messages on a page of their own, over a made-up session: what they show of reactions, answers and edits that nobody
// would send who means well, and what they offer.

import { signal } from '@preact/signals';
import { render } from 'preact';
import type { MessageItem, MessageRights, Verdict } from '../../../src/client/timeline/model.ts';
import { err, ok } from '../../../src/lib/result.ts';
import { ItemRow } from '../../../src/web/chat/item-row.tsx';
import type { PageMessagesView, PageOverlay, Session } from '../../../src/web/chat/session.ts';
import { MessageDialog } from '../../../src/web/messages/message-dialog.tsx';
import { PageMessages } from '../../../src/web/messages/page-messages.tsx';

const changes = signal(0);
const overlay = signal<PageOverlay | undefined>(undefined);
const messages = signal<PageMessagesView | undefined>(undefined);
const items: MessageItem[] = [];
const asked: string[] = [];
let rights: MessageRights;

const done = (what: string): Promise<Verdict> => {
  asked.push(what);
  return Promise.resolve(ok(undefined));
};

const session = {
  changes,
  // Nothing of it is kept.
  settings: { me: 'alice', place: { tab: { isHeld: false } } },
  watch: () => void changes.value,
  soon: () => {},
  told: () => {},
  ask: () => {},
  remark: signal<string | undefined>(undefined),
  overlay,
  messages,
  files: signal(undefined),
  focus: { current: signal('lobby'), id: 'lobby' },
  model: {
    me: 'alice',
    rightsTo: () => rights,
    isIgnored: () => false,
    entries: () => ({
      length: items.length,
      isNewest: true,
      at: (index: number) => items[index],
      indexFrom: (key: number) => items.findIndex((item) => item.key >= key),
    }),
    react: (_: string, key: number, emoji: string, on: boolean) =>
      done(`${on ? 'react' : 'take back'} ${key} ${emoji}`),
    goToReplied: (_: string, key: number) =>
      done(`go to what ${key} answers`).then(() => undefined),
  },
} as unknown as Session;
messages.value = new PageMessages(session);

const place = document.createElement('main');
document.body.append(place);

function Page() {
  void changes.value;
  const shown = overlay.value;
  return (
    <>
      <div class="messages">
        {items.map((item) => (
          <ItemRow
            key={item.key}
            item={item}
            isNewDay={false}
            isUnreadLine={false}
            isTogether={false}
            session={session}
          />
        ))}
      </div>
      <p role="status">{session.remark.value}</p>
      {shown?.kind === 'message' && <MessageDialog session={session} shown={shown} />}
    </>
  );
}

const message: MessageItem = {
  kind: 'message',
  key: 1,
  at: 1_800_000_000_000,
  seq: 1,
  from: 'bob',
  isOwn: false,
  content: { kind: 'text', text: 'hello' },
  encrypted: false,
  standing: undefined,
  remark: undefined,
  namesMe: false,
  state: undefined,
};

const tested = {
  asked,
  /** Shows one message; says how long that took, in milliseconds. `refusal`: why nothing may be done with it. */
  show: (more: Partial<MessageItem>, refusal?: string): number => {
    const verdict: Verdict = refusal === undefined ? ok(undefined) : err(refusal);
    rights = { edit: verdict, delete: verdict, react: verdict, reply: verdict, pin: verdict };
    items.splice(0, items.length);
    render(null, place);
    items.push({ ...message, ...more });
    const before = performance.now();
    render(<Page />, place);
    void place.getBoundingClientRect().height;
    return performance.now() - before;
  },
};

Object.assign(globalThis, { tested });
