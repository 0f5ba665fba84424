// The effects of one step of the hub -> acts, what is to be kept, and what it all costs whoever has caused it.

import type { Audience, ConnectionId, Effect, Form, Post, Repeat } from '../../hub/effects.ts';
import type { Change } from '../../hub/records.ts';
import { unreachable } from '../../lib/invariant.ts';
import { formatEvent } from '../../wire/events.ts';
import { formatExtendedEvent, type ExtendedEvent } from '../../wire/extended/events.ts';
import type { KeptLine, Step } from '../gate/step.ts';
import { audienceDiscount } from '../limits/flood-limits.ts';
import type { Act, Job } from './acts.ts';
import { formatMessage, formatSent } from './message-line.ts';

/** What people wait to hear about: a message, or a message sent again whose first one may not be kept yet. */
export type Awaited = Post | Repeat;

export type ChatStep = Step<Act, Awaited>;

/** Who would hear the step if it were carried out now. */
export interface Hearing {
  /** How many connections hear an audience in the words of a form. */
  listeners(audience: Audience, form: Form): number;
  /** Whether the step will have to wait for others: more may hear it by then. */
  readonly willWait: boolean;
}

/** What an act or a change holds in memory beside its text, roughly. */
const itemBytes = 200;

const none: readonly never[] = [];

/** The step that `effects` come to. `cost`: its bytes, as flood control counts them. */
export function formStep(
  effects: readonly (Effect | Job)[],
  hearing: Hearing,
): { readonly step: ChatStep; readonly cost: number } {
  const forming = new Forming(hearing);
  for (const effect of effects) forming.add(effect);
  return { step: forming.step(), cost: forming.cost };
}

/** Lists are made when there is something to put on them: most steps have acts alone. */
class Forming {
  readonly #hearing: Hearing;
  readonly #acts: Act[] = [];
  #changes: Change[] | undefined;
  #lines: KeptLine[] | undefined;
  #posts: Awaited[] | undefined;
  #textBytes = 0;
  /** Whether more may hear what is said than do now. */
  #mayGrow: boolean;
  cost = 0;

  constructor(hearing: Hearing) {
    this.#hearing = hearing;
    this.#mayGrow = hearing.willWait;
  }

  add(effect: Effect | Job): void {
    switch (effect.type) {
      case 'send': {
        const confirms = effect.event.verb === '+OK' && effect.event.confirmed.of === 'BCST';
        this.#send(effect.to, formatEvent(effect.event), confirms);
        return;
      }
      case 'report':
        if (effect.event.verb === 'SENT') this.#send(effect.to, formatSent(effect.event), true);
        else this.#send(effect.to, formatExtendedEvent(effect.event), false);
        return;
      case 'announce':
        this.#announce(effect.audience, effect.event);
        return;
      case 'post':
        this.#say(effect);
        return;
      case 'repeat':
        (this.#posts ??= []).push(effect);
        return;
      case 'change':
        (this.#changes ??= []).push(effect.change);
        return;
      case 'join':
        this.#mayGrow = true;
        this.#acts.push(effect);
        return;
      case 'do':
      case 'presence':
      case 'leave':
      case 'close':
      case 'openTransfer':
      case 'closeTransfer':
        this.#acts.push(effect);
        return;
      default:
        unreachable(effect);
    }
  }

  step(): ChatStep {
    const acts = this.#acts;
    const changes = this.#changes ?? none;
    const lines = this.#lines ?? none;
    const posts = this.#posts ?? none;
    const bytes = this.#textBytes + (acts.length + changes.length) * itemBytes;
    return { acts, changes, lines, posts, bytes };
  }

  #send(to: ConnectionId, line: string, confirms: boolean): void {
    this.#acts.push({ type: confirms ? 'acknowledge' : 'send', to, line });
    this.#textBytes += line.length;
    this.cost += line.length;
  }

  #announce(audience: Audience, event: ExtendedEvent): void {
    const listeners = this.#hearing.listeners(audience, 'extended');
    if (listeners === 0 && !this.#mayGrow) return;
    const extended = formatExtendedEvent(event);
    const lines = { seed: undefined, extended };
    this.#acts.push({ type: 'say', audience, lines, except: undefined, to: none });
    this.#textBytes += extended.length;
    this.cost += (extended.length * listeners) / audienceDiscount;
  }

  #say(post: Post): void {
    const { said, audience, except, to, by } = post;
    const seed = post.seed && formatEvent(post.seed);
    const seedListeners =
      audience && seed !== undefined ? this.#hearing.listeners(audience, 'seed') : 0;
    const extendedListeners = audience ? this.#hearing.listeners(audience, 'extended') : 0;
    const isKept = said.log !== undefined && said.seq !== undefined;
    // Where only version 1 listens and nothing is kept, there is nobody for the other form.
    const isHeard = isKept || this.#mayGrow || extendedListeners > 0 || to.length > 0;
    const extended = isHeard ? formatMessage(said) : undefined;
    this.#acts.push({ type: 'say', audience, lines: { seed, extended }, except, to });
    if (isKept && extended !== undefined) {
      (this.#lines ??= []).push({ log: said.log, seq: said.seq, at: said.at, line: extended });
    }
    if (by !== undefined) (this.#posts ??= []).push(post);
    const [seedBytes, extendedBytes] = [seed?.length ?? 0, extended?.length ?? 0];
    this.#textBytes += seedBytes + extendedBytes;
    const heard = seedBytes * seedListeners + extendedBytes * extendedListeners;
    this.cost += heard / audienceDiscount + extendedBytes * to.length;
  }
}

/**
 * What is left of a step whose message could not be kept: neither the message nor its number, but the hub has
 * changed in other ways, too (a conversation begun, somebody moved in).
 */
export function salvageStep(step: ChatStep): ChatStep | undefined {
  const acts = step.acts.filter(({ type }) => type !== 'say' && type !== 'acknowledge');
  const changes = step.changes.filter(({ type }) => type !== 'stream');
  if (acts.length + changes.length === 0) return undefined;
  return {
    acts,
    changes,
    lines: none,
    posts: none,
    bytes: (acts.length + changes.length) * itemBytes,
  };
}
