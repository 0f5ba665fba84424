// The client of a page: opened around what the page has shown already, which it takes over. Most of the page's code comes
// with it, so it is loaded when there is something to read.

import { ChatClient } from '../../client/chat-client.ts';
import type { ClientEvent } from '../../client/client-event.ts';
import type { CloseReason } from '../../client/client-state.ts';
import { textOf } from '../../client/content.ts';
import { TimelineActions } from '../../client/timeline/timeline-actions.ts';
import { historyFar, isAboutHistory } from '../../client/wording/history-words.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import { accountPorts } from '../../platform/browser/client-ports.ts';
import type { AccountPlace } from '../../platform/browser/account-place.ts';
import { formatPlace } from '../../wire/extended/names.ts';
import { watchAttention } from './attend.ts';
import { chooseFile } from '../files/choose-file.ts';
import { saveFile } from '../files/save-file.ts';
import { PageFilesPart } from '../files/page-files-part.tsx';
import { startFileWorker } from '../files/start-file-worker.ts';
import { lockWhenHidden } from '../lock/lock-now.ts';
import { backupDownloads } from '../../platform/browser/backup-download.ts';
import { openFileParts } from '../../platform/browser/files/file-parts.ts';
import { closeWords } from './close-words.ts';
import { followLinks } from './link-in-address.ts';
import { notifyOf } from './notifier.ts';
import { SessionActions } from './session-actions.ts';
import type { Session } from './session.ts';

export interface ConnectWishes {
  readonly place: AccountPlace;
  readonly invite: string | undefined;
  /** The first login has worked. */
  readonly entered: () => void;
  /** The first login has not worked, and why. */
  readonly refused: (why: string) => void;
}

/** Opens the client of `session` and begins to connect. Rejects with an error for people. */
export async function connect(session: Session, wishes: ConnectWishes): Promise<void> {
  const { me, address, source } = session.settings;
  const login = await accountPorts(me, { address }, wishes.invite, wishes.place);
  const { account } = login;
  const fileParts = openFileParts(wishes.place, address, startFileWorker);
  const { pageFiles } = fileParts;
  pageFiles.chooseFile = chooseFile;
  const files = new PageFilesPart(session, pageFiles);
  const ports = {
    ...login.ports,
    ...fileParts,
    backupFiles: backupDownloads(saveFile, wishes.place.database),
  };
  const isKnown = account?.isKnown === true;
  let wasIn = false;

  const opened = async (): Promise<void> => {
    wasIn = true;
    wishes.entered();
    // Some browsers ask the person, who should know for what.
    session.storage.value = await login.askToKeep();
  };
  const closed = (reason: CloseReason): void => {
    // What could not be kept stands in the text again.
    for (const { place, content } of client.unkept) {
      const text = harmless(textOf(content));
      session.drafts.putBefore(formatPlace(place), { text, wasPasted: true });
    }
    const isWanted = reason.code === 'quit';
    const words = closeWords(reason, address);
    session.over.value = { isWanted, words: isWanted ? 'You have left.' : words };
    if (!wasIn && !isKnown) wishes.refused(words);
  };
  const receive = (event: ClientEvent): void => {
    if (event.type === 'conversations') source.counted();
    // One of the two is decided, and with it the question.
    if (event.type === 'key-decided-elsewhere') session.decided(`/trust @${event.user}`);
    session.receive(event);
    files.hear(event);
    if (isAboutHistory(event)) session.history.value = historyFar(event);
    if (event.type !== 'state') return;
    const { state } = event;
    if (state.phase === 'open' && !wasIn) void opened();
    if (state.phase === 'closed') closed(state.reason);
  };
  const client = new ChatClient(
    { address, username: me, account, reconnects: true, triesFromStart: isKnown },
    { ...ports, askInvite: (why, orGuest) => session.askCode(why, orGuest) },
    receive,
  );
  source.take(client);
  session.model.take((timeline) => new TimelineActions(client, timeline, true));
  session.take(new SessionActions(session, client));
  watchAttention(() => client.hurry());
  notifyOf(session);
  followLinks(session);
  session.files.value = files;
  if (wishes.place.lock !== undefined) lockWhenHidden(session);
  void loadMessages(session);
}

/** What can be done with messages: nobody waits for it. */
async function loadMessages(session: Session): Promise<void> {
  try {
    const { PageMessages } = await import('../messages/page-messages.tsx');
    session.messages.value = new PageMessages(session);
  } catch {
    session.remark.value = 'A part of the page cannot be loaded now: messages can only be read.';
  }
}
