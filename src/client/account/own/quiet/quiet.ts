// What a person does not want to hear or see: muted conversations, rules of conversations, people who are ignored, and hours
// without disturbance. The same on all devices of an account. What is done about it is up to each view
// (timeline/attention.ts). Everything here is a view: nothing is lost by it.

import * as v from 'valibot';
import {
  conversationOf,
  placeOf,
  type ConversationName,
  type Place,
} from '../../../../wire/extended/names.ts';
import type { Username } from '../../../../wire/text.ts';
import type { ClientEvent } from '../../../client-event.ts';
import type { Timers } from '../../../ports.ts';
import { maxRules } from '../../limits.ts';
import { Mutes } from '../mutes.ts';
import { Decisions, type DecisionPorts } from './decisions.ts';
import { DoNotDisturb } from './do-not-disturb.ts';
import { Ignored, type IgnoredPorts } from './ignored.ts';
import type { QuietWish } from './quiet-hours.ts';

/** What calls for attention in a conversation. Without a rule: what is said in private, and what names the person. */
export const notifyRules = ['all', 'mentions', 'nothing'] as const;
export type NotifyRule = (typeof notifyRules)[number];
const ruleForm = v.nullable(v.picklist(notifyRules));

export interface QuietPorts extends DecisionPorts, Pick<IgnoredPorts, 'isAccount' | 'rootOf'> {
  readonly me: Username;
  readonly timers: Timers;
  readonly emit: (event: ClientEvent) => void;
  /** Somebody is ignored, or not any more: what is unread is counted anew. */
  readonly ignoredChanged: () => Promise<void>;
}

export class Quiet {
  readonly #me: Username;
  readonly #mutes: Mutes;
  readonly #rules: Decisions<NotifyRule | null>;
  readonly #ignored: Ignored;
  readonly #doNotDisturb: DoNotDisturb;
  readonly #now: () => number;

  constructor(ports: QuietPorts) {
    const { me, now, emit, ignoredChanged } = ports;
    this.#me = me;
    this.#now = now;
    const muted = (conversation: ConversationName): void => emit({ type: 'muted', conversation });
    this.#mutes = new Mutes({ ...ports, changed: muted });
    const kind = { kind: 'notify-rule', valueName: 'notify-rules', form: ruleForm, max: maxRules };
    this.#rules = new Decisions(ports, kind, () => emit({ type: 'quiet', about: 'rule' }));
    const told = (): void => emit({ type: 'quiet', about: 'ignored' });
    const changed = (): void => void ignoredChanged().then(told, told);
    this.#ignored = new Ignored({ ...ports, changed });
    const about = 'do-not-disturb' as const;
    this.#doNotDisturb = new DoNotDisturb({
      ...ports,
      changed: () => emit({ type: 'quiet', about }),
    });
  }

  /** Until when the conversation at `place` is muted: Infinity without an end, undefined if it is not. */
  mutedUntil(place: Place): number | undefined {
    return this.#mutes.until(this.#nameOf(place));
  }

  /** The muted conversations. */
  get muted(): readonly Place[] {
    return this.#mutes.muted.flatMap((name) => placeOf(this.#me, name) ?? []);
  }

  /** Mutes a conversation for that long; 0: not any more. Resolves with whether it is kept. */
  mute(place: Place, ms: number): Promise<boolean> {
    const until = ms === 0 ? undefined : this.#now() + ms;
    return isDone(this.#mutes.set(this.#nameOf(place), until));
  }

  /** The rule of the conversation at `place`, if it has one. */
  rule(place: Place): NotifyRule | undefined {
    return this.#rules.get(this.#nameOf(place)) ?? undefined;
  }

  /** Resolves with whether it is kept. */
  setRule(place: Place, rule: NotifyRule | undefined): Promise<boolean> {
    return isDone(this.#rules.set(this.#nameOf(place), rule ?? null));
  }

  /** Whether what that one says in the lobby and in groups is hidden. */
  isIgnored(name: string): boolean {
    return this.#ignored.has(name);
  }

  get ignored(): readonly string[] {
    return this.#ignored.names;
  }

  /** How long it holds (ignored.ts), or `failed`: nothing is written any more. */
  async ignore(user: Username, isOn: boolean): Promise<'kept' | 'for-now' | 'full' | 'failed'> {
    return this.#ignored.set(user, isOn).catch(() => 'failed' as const);
  }

  /** Until when the person does not want to be disturbed: Infinity without an end, undefined if that is not so now. */
  get quietUntil(): number | undefined {
    return this.#doNotDisturb.until;
  }

  get quietWish(): QuietWish {
    return this.#doNotDisturb.wish;
  }

  get now(): number {
    return this.#now();
  }

  /** Resolves with whether it is kept. */
  wishQuiet(wish: QuietWish): Promise<boolean> {
    return isDone(this.#doNotDisturb.set(wish));
  }

  /** What the devices of the account have in common of it, by the names that it has in what they tell a new one. */
  get parts() {
    return {
      mutes: this.#mutes,
      rules: this.#rules,
      ignored: this.#ignored.decisions,
      quiet: this.#doNotDisturb.decisions,
    };
  }

  login(): void {
    this.#ignored.login();
  }

  close(): void {
    this.#mutes.close();
    this.#doNotDisturb.close();
  }

  #nameOf(place: Place): ConversationName {
    return conversationOf(this.#me, place);
  }
}

/** Of a guest, as long as the program runs. */
export function guestQuiet(
  me: Username,
  { now, timers }: Pick<QuietPorts, 'now' | 'timers'>,
  emit: QuietPorts['emit'],
): Quiet {
  return new Quiet({
    me,
    own: undefined,
    values: [],
    write: async () => {},
    now,
    timers,
    emit,
    isAccount: () => false,
    rootOf: async () => undefined,
    ignoredChanged: async () => {},
  });
}

function isDone(done: Promise<void>): Promise<boolean> {
  return done.then(
    () => true,
    () => false,
  );
}
