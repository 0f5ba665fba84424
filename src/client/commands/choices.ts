// What a person can decide when they are told something: the commands that its words name, for views that have buttons.
// From the event, never from the text: names of people and files are in that, and must not make buttons.

import type { ClientEvent, PrivateEvent } from '../client-event.ts';

export interface Choice {
  readonly words: string;
  /** What a person would type. */
  readonly typed: string;
  /** It cannot be taken back: the person is asked once more. */
  readonly isFinal?: true;
  /** It only shows something, and decides nothing. */
  readonly isLook?: true;
}

/** In the order in which they should be thought of. */
export function choicesFor(event: ClientEvent): readonly Choice[] {
  switch (event.type) {
    case 'private':
      return aboutKeys(event.event);
    case 'history-asked':
      return [
        { words: 'Give it the history', typed: '/history give' },
        { words: 'Keep the history here', typed: '/history keep' },
      ];
    case 'backup':
      return event.news.kind === 'remember'
        ? [keepBackup, { words: 'Keep none', typed: '/backup off' }]
        : event.news.kind === 'restored' || event.news.kind === 'damaged'
          ? [keepBackup]
          : [];
    case 'directory':
      return event.news.kind === 'alarm'
        ? [
            { words: 'What is known', typed: '/directory', isLook: true },
            {
              words: 'Go on with what the server shows now',
              typed: '/directory accept',
              isFinal: true,
            },
          ]
        : [];
    case 'own-devices':
      return event.news.kind === 'devices' &&
        event.news.changes.some(({ kind }) => kind === 'added')
        ? [{ words: 'Your devices', typed: '/devices', isLook: true }]
        : [];
    default:
      return [];
  }
}

const keepBackup: Choice = { words: 'Keep a backup', typed: '/backup on' };

function aboutKeys(event: PrivateEvent): readonly Choice[] {
  switch (event.type) {
    case 'key-new':
      return [compare(event.user)];
    case 'key-changed':
      return [
        compare(event.user),
        { words: 'Take the new key', typed: `/trust @${event.user}`, isFinal: true },
        { words: 'Keep to the old one', typed: `/distrust @${event.user}` },
      ];
    case 'devices-changed':
      return event.isHeld
        ? [
            compare(event.user),
            { words: 'Take the new device', typed: `/trust @${event.user}`, isFinal: true },
          ]
        : [];
    default:
      return [];
  }
}

function compare(user: string): Choice {
  return { words: `Compare keys with ${user}`, typed: `/verify @${user}`, isLook: true };
}
