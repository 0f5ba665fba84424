// What the person wants others to hear: how far they have read, for all conversations and for single ones, and that they are
// writing (account/own/quiet/decisions.ts). Until they decide, nothing of what they read is told, and that they write is
// (docs/E2EE.md 18 has the reasons).

import * as v from 'valibot';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { InboxBatch } from '../account/inbox/batch.ts';
import type { JsonValue } from '../account/own/own-note.ts';
import { Decisions, type DecisionPorts } from '../account/own/quiet/decisions.ts';
import { maxWishes } from './limits.ts';

/** What is decided: of one conversation, of all, or whether others hear that one is writing. */
export type WishSubject = ConversationName | 'receipts' | 'typing';

export interface SignalWishesPorts extends DecisionPorts {
  readonly changed: (subject: WishSubject) => void;
}

const kind = {
  kind: 'signals',
  valueName: 'signal-wishes',
  form: v.boolean(),
  max: maxWishes,
  lasting: ['receipts', 'typing'],
  /** Of two decisions of one moment the one that says less holds. */
  prefers: (one: boolean, other: boolean) => !one && other,
};

export class SignalWishes {
  readonly #decisions: Decisions<boolean>;

  constructor(ports: SignalWishesPorts) {
    const changed = (subject: string) => ports.changed(subject as WishSubject);
    this.#decisions = new Decisions(ports, kind, changed);
  }

  /** Undefined where nothing was decided. */
  of(subject: WishSubject): boolean | undefined {
    return this.#decisions.get(subject);
  }

  /** The person has decided. Resolves when it is on the disk. */
  set(subject: WishSubject, isOn: boolean): Promise<void> {
    return this.#decisions.set(subject, isOn);
  }

  /** All decisions, for a device of the account that knows none. */
  get all(): readonly (readonly [string, JsonValue])[] {
    return this.#decisions.all;
  }

  /** Another device has decided. */
  take(subject: string, body: unknown, batch: InboxBatch): void {
    this.#decisions.take(subject, body, batch);
  }
}
