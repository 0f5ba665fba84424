// What a server supports beyond version 1. Announced at the end of the greeting's free text, as ` [helo: files]`. A
// version 1 client only sees a longer welcome [7.1]. A client that finds no such mark speaks plain version 1.

/**
 * `files`: a receiver may prove itself at the transfer port [7.11]. `ehlo`: the server supports the extended login.
 * `sealed`: it stores the chains of accounts, and has sealed groups. `kept-files`: it keeps files until those have them
 * who are to. `blobs`: it keeps blobs for the devices of an account. `devices`: an account may have several, and devices
 * meet here. `rooms`: it has sealed private conversations.
 * `contents`: messages of open conversations may have a content beside their text, and lines of a log can be erased.
 * `directory`: what it says about devices is in a list that only grows. `expiring`: it erases messages after the time that they name.
 * `roles`: groups have owners, moderators and rules, and there is a directory of groups.
 * `signals`: it passes on who is writing and who has read how far, and keeps neither on its disk.
 */
export type Feature =
  | 'files'
  | 'ehlo'
  | 'sealed'
  | 'kept-files'
  | 'blobs'
  | 'devices'
  | 'rooms'
  | 'directory'
  | 'contents'
  | 'expiring'
  | 'signals'
  | 'roles';

/** Everything that this version supports, but for `kept-files` and `blobs`, which a server may be told not to do. */
export const ownFeatures: readonly Feature[] = [
  'files',
  'ehlo',
  'sealed',
  'devices',
  'rooms',
  'directory',
  'contents',
  'expiring',
  'signals',
  'roles',
];

const mark = /(?:^| )\[helo: ([a-z\d-]+(?: [a-z\d-]+)*)\]$/;

/** A greeting's free text, with the mark at its end. */
export function formatWelcome(text: string, features: readonly string[]): string {
  if (features.length === 0) return text;
  const announced = `[helo: ${features.join(' ')}]`;
  return text === '' ? announced : `${text} ${announced}`;
}

/**
 * A greeting's free text without the mark, and the features in the mark. Clients ignore features that they do not know.
 */
export function parseWelcome(welcome: string): {
  readonly text: string;
  readonly features: ReadonlySet<string>;
} {
  const found = mark.exec(welcome);
  return found === null
    ? { text: welcome, features: new Set() }
    : { text: welcome.slice(0, found.index), features: new Set(found[1]?.split(' ')) };
}
