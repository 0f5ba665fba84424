// This person's key bindings: from a key to its action, and from an action to the words for its key.

import type { Keys } from '../settings/config.ts';
import { shownKey } from './key-name.ts';
import { keySections, type KeyAction, type KeyPlace } from './key-table.ts';

export class Bindings {
  readonly keys: Keys;
  readonly #bound: Readonly<Record<KeyPlace, Map<string, KeyAction>>> = {
    screen: new Map(),
    list: new Map(),
    paste: new Map(),
    message: new Map(),
  };

  constructor(keys: Keys) {
    this.keys = keys;
    for (const { place, actions } of keySections) {
      for (const action of actions) {
        for (const key of keys[action].keys) this.#bound[place].set(key, action);
      }
    }
  }

  /** The action of a key. In a list, the action there, or else the one in the text. */
  meaning(name: string | undefined, place: KeyPlace = 'screen'): KeyAction | undefined {
    if (name === undefined) return undefined;
    // With Caps Lock on, Alt with a letter arrives as with Shift. Ctrl-_ is typed with Shift.
    const names = [name, name.replace(/^((?:ctrl\+|alt\+)+)shift\+(?=.$)/, '$1')];
    const router: readonly KeyPlace[] = place === 'screen' ? ['screen'] : [place, 'screen'];
    for (const each of router) {
      for (const known of names) {
        const action = this.#bound[each].get(known);
        if (action !== undefined) return action;
      }
    }
    return undefined;
  }

  /** The first key of an action as people write it, or the action's name if it has none. */
  word(action: KeyAction): string {
    const [first] = this.keys[action].keys;
    return first === undefined ? `(${action})` : shownKey(first);
  }

  /** All keys of an action as people write them. */
  words(action: KeyAction): string {
    return this.keys[action].keys.map(shownKey).join(', ') || '(no key)';
  }
}
