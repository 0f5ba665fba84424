// What sets texts, once it is loaded: until then they stand as they were typed.

import { signal } from '@preact/signals';
import type { SetText } from './set-text.tsx';

export const lateSetText = signal<typeof SetText | undefined>(undefined);

let isAsked = false;

/** Loads it, once. Without it (the network is gone, the server has another page) texts can be read all the same. */
export async function loadSetText(): Promise<void> {
  if (isAsked) return;
  isAsked = true;
  try {
    lateSetText.value = (await import('./set-text.tsx')).SetText;
  } catch {
    isAsked = false;
  }
}
