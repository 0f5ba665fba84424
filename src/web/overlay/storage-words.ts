// What the browser promises about the data of the page, in words.

import type { StorageStanding } from '../../platform/browser/storage.ts';
import { formatBytes } from '../../client/wording/amounts.ts';

export function storageWords(storage: StorageStanding | undefined): string {
  if (storage === undefined) return 'The browser has not said yet whether it keeps it.';
  const used =
    storage.used === undefined ? '' : ` It has ${formatBytes(storage.used)} of this page.`;
  switch (storage.kind) {
    case 'kept':
      return `Your key and your messages stay until you clear the data of this page.${used}`;
    case 'may-be-evicted':
      return `The browser may throw your key and your messages away when it needs room, and does so at the end of a private window. Take another device into your account, or make recovery words.${used}`;
  }
}
