// The name under which this browser was here last: the next time the page goes straight in.

import { parseUsername, type Username } from '../../wire/text.ts';

const key = 'helo-name';

/** Undefined where there is none, or where the browser keeps nothing. */
export function rememberedName(): Username | undefined {
  try {
    return parseUsername(localStorage.getItem(key) ?? '');
  } catch {
    // A browser that was told to keep nothing throws. Then the person is asked each time.
    return undefined;
  }
}

export function rememberName(name: Username): void {
  try {
    localStorage.setItem(key, name);
  } catch {
    // The same.
  }
}

export function forgetName(): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // The same.
  }
}
