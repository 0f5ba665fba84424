// The views of files on a page of their own, over a made-up session: what they do with files that nobody would send who
// means well.

import { signal } from '@preact/signals';
import { render } from 'preact';
import type { Transfer } from '../../../src/client/files/transfer.ts';
import { formatHex } from '../../../src/lib/bytes.ts';
import { ok } from '../../../src/lib/result.ts';
import { plainTexts } from '../../../src/platform/browser/local-texts.ts';
import type { PageOverlay, Session } from '../../../src/web/chat/session.ts';
import { PageFilesPart } from '../../../src/web/files/page-files-part.tsx';

const live: string[] = [];
const made = URL.createObjectURL.bind(URL);
const revoked = URL.revokeObjectURL.bind(URL);
URL.createObjectURL = (blob: Blob): string => {
  const url = made(blob);
  live.push(url);
  return url;
};
URL.revokeObjectURL = (url: string): void => {
  live.splice(live.indexOf(url), 1);
  revoked(url);
};

const kept = new Map<string, File>();
const sent: string[] = [];
const transfers: Transfer[] = [];
const changes = signal(0);
const conversation = signal({ kind: 'person', name: 'bob', protection: 'verified', isLeft: false });
const session = {
  settings: { place: { texts: plainTexts } },
  watch: () => void changes.value,
  told: () => {},
  ask: () => {},
  remark: signal<string | undefined>(undefined),
  overlay: signal<PageOverlay | undefined>(undefined),
  focus: {
    current: signal('@bob'),
    get conversation() {
      return { ...conversation.value, id: '@bob' };
    },
  },
  model: {
    me: 'alice',
    transfers,
    sendFile: (_: string, path: string) => {
      sent.push(path);
      return Promise.resolve(ok(undefined));
    },
    chooseFile: (act: string, number: number) => {
      sent.push(`${act} ${number}`);
      return Promise.resolve(ok(undefined));
    },
  },
} as unknown as Session;

const part = new PageFilesPart(session, {
  pick: (file) => `picked/1/${file.name}`,
  saved: (path) => Promise.resolve(kept.get(path)),
  remove: (path) => {
    kept.delete(path);
    return Promise.resolve();
  },
});

const place = document.createElement('main');
document.body.append(place);
/** Of the file that was received last: each has another content. */
let sha256 = new Uint8Array(32);
let said = 'it';

function Page() {
  void changes.value;
  return (
    <>
      <part.Said content={{ kind: 'file', at: 'sender', name: said, size: 1, sha256 }} />
      <form class="composer" onSubmit={(event) => event.preventDefault()}>
        <part.Pending />
        <part.Tools />
        <textarea
          aria-label="Write"
          onPaste={(event) => {
            if (part.pasted(event.clipboardData)) event.preventDefault();
          }}
        />
      </form>
      <p role="status">{session.remark.value}</p>
    </>
  );
}

render(<Page />, place);

const tested = {
  live,
  sent,
  /** The file under the message. */
  receive: (name: string, bytes: readonly number[], type: string): void => {
    const path = `saved/1/${name}`;
    sha256 = crypto.getRandomValues(new Uint8Array(32));
    said = name;
    kept.set(path, new File([Uint8Array.from(bytes)], name, { type }));
    part.hear({
      type: 'file',
      event: {
        type: 'transfer',
        change: 'state',
        transfer: transfer({ state: { phase: 'saved', path }, name }),
      },
    });
    changes.value += 1;
  },
  /** A file on its way. */
  show: (more: Partial<Transfer>): void => {
    transfers.splice(0, transfers.length, transfer(more));
    changes.value += 1;
  },
  give: (kind: 'drop' | 'paste', name: string, bytes: readonly number[], text?: string): void => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(bytes)], name, { type: 'image/png' }));
    if (text !== undefined) data.setData('text/plain', text);
    if (kind === 'paste') {
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true });
      document.querySelector('textarea')?.dispatchEvent(event);
    } else {
      for (const step of ['dragover', 'drop'])
        window.dispatchEvent(new DragEvent(step, { dataTransfer: data, cancelable: true }));
    }
  },
  send: (): Promise<void> => part.send(),
  goTo: (kind: string, protection: string): void => {
    conversation.value = { ...conversation.value, kind, protection };
    changes.value += 1;
  },
  leave: (): void => render(null, place),
};

function transfer(more: Partial<Transfer>): Transfer {
  return {
    number: 1,
    direction: 'incoming',
    peer: 'bob',
    isKept: false,
    isSaid: true,
    name: 'it',
    size: 1,
    digest: formatHex(sha256),
    state: { phase: 'moving' },
    doneBytes: 0,
    bytesPerSecond: undefined,
    ...more,
  };
}

export type FileViews = typeof tested;
Object.assign(globalThis, { tested });
