// The effects of one step of the hub -> acts, what to store, and what it all costs the connection that caused it.

import type {
  Audience,
  ConnectionId,
  Effect,
  Form,
  Post,
  Repeat,
  Speaker,
} from '../../hub/effects.ts';
import type { Change } from '../../hub/records.ts';
import { unreachable } from '../../lib/invariant.ts';
import { formatEvent } from '../../wire/events.ts';
import { formatExtendedEvent, type ExtendedEvent } from '../../wire/extended/events.ts';
import type { KeptLine, Step } from '../commit-queue/step.ts';
import { audienceDiscount } from '../limits/flood-limits.ts';
import type { Act, ShellJob } from './acts.ts';
import { formatMessage, formatSent } from './message-line.ts';

export type ChatStep = Step<Act, Speaker>;

/** A step, and what goes with it. */
export interface FormedStep {
  readonly step: ChatStep;
  /** What is to be kept of what was said in it. */
  readonly lines: readonly KeptLine[];
  /** Its bytes, as flood control counts them. */
  readonly cost: number;
}

/** Who would hear the step if it were carried out now. */
export interface Hearing {
  /** How many connections hear an audience in the words of a form. */
  listeners(audience: Audience, form: Form): number;
  /** Whether somebody is about to join an audience, in a step that waits: more will hear it by then. */
  readonly willGrow: boolean;
}

/** What it costs, in bytes, to look for what was sent again: up to a megabyte of its log is read. */
const repeatCost = 32 * 1024;

/** What an act or a change holds in memory beside its text, roughly. */
const itemBytes = 200;

const none: readonly never[] = [];

/** The step that `effects` come to. `isFree`: nothing that they tell depends on what is kept. */
export function formStep(
  effects: readonly (Effect | ShellJob)[],
  hearing: Hearing,
  isFree = false,
): FormedStep {
  const forming = new Forming(hearing);
  for (const effect of effects) forming.add(effect);
  return forming.formed(isFree);
}

/** Thousands of steps may wait for the store: lists are made when there is something to put on them. */
class Forming {
  readonly #hearing: Hearing;
  #acts: Act[] | undefined;
  #changes: Change[] | undefined;
  #lines: KeptLine[] | undefined;
  #speakers: Speaker[] | undefined;
  #textBytes = 0;
  /** Whether more may hear what is said than do now. */
  #mayGrow: boolean;
  #cost = 0;

  constructor(hearing: Hearing) {
    this.#hearing = hearing;
    this.#mayGrow = hearing.willGrow;
  }

  add(effect: Effect | ShellJob): void {
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
        this.#repeat(effect);
        return;
      case 'change':
        this.#changes = withLast(this.#changes, effect.change);
        return;
      case 'join':
        this.#mayGrow = true;
        this.#acts = withLast<Act>(this.#acts, effect);
        return;
      case 'do':
      case 'presence':
      case 'leave':
      case 'close':
      case 'openTransfer':
      case 'closeTransfer':
        this.#acts = withLast<Act>(this.#acts, effect);
        return;
      default:
        unreachable(effect);
    }
  }

  formed(isFree: boolean): FormedStep {
    const acts = this.#acts ?? none;
    const changes = this.#changes ?? none;
    const lines = this.#lines ?? none;
    const speakers = this.#speakers ?? none;
    const isKept = changes.length > 0 || lines.length > 0;
    const bytes = this.#textBytes + (acts.length + changes.length) * itemBytes;
    return { step: { acts, changes, speakers, isKept, bytes, isFree }, lines, cost: this.#cost };
  }

  #send(to: ConnectionId, line: string, confirms: boolean): void {
    const type = confirms ? 'acknowledge' : 'send';
    this.#acts = withLast<Act>(this.#acts, { type, to, line });
    this.#textBytes += line.length;
    this.#cost += line.length;
  }

  #repeat({ by, repeated }: Repeat): void {
    this.#speakers = withLast(this.#speakers, by);
    const to = by.connection;
    this.#acts = withLast<Act>(this.#acts, { type: 'answerRepeat', to, repeated });
    this.#textBytes += (repeated.text ?? repeated.sealed ?? '').length;
    this.#cost += repeatCost;
  }

  #announce(audience: Audience, event: ExtendedEvent): void {
    const listeners = this.#hearing.listeners(audience, 'extended');
    if (listeners === 0 && !this.#mayGrow) return;
    const extended = formatExtendedEvent(event);
    const lines = { v1: undefined, extended };
    this.#acts = withLast<Act>(this.#acts, {
      type: 'say',
      audience,
      lines,
      except: undefined,
      to: none,
    });
    this.#textBytes += extended.length;
    this.#cost += (extended.length * listeners) / audienceDiscount;
  }

  #say(post: Post): void {
    const { said, audience, except, to, by } = post;
    const v1 = post.v1 && formatEvent(post.v1);
    const seedListeners =
      audience && v1 !== undefined ? this.#hearing.listeners(audience, 'v1') : 0;
    const extendedListeners = audience ? this.#hearing.listeners(audience, 'extended') : 0;
    const isKept = said.log !== undefined && said.seq !== undefined;
    // Where only version 1 listens, there is nobody for the other form.
    const isHeard = this.#mayGrow || extendedListeners > 0 || to.length > 0;
    const line = isHeard || isKept ? formatMessage(said) : undefined;
    const lines = { v1, extended: isHeard ? line : undefined };
    this.#acts = withLast<Act>(this.#acts, { type: 'say', audience, lines, except, to });
    if (isKept && line !== undefined) {
      this.#lines = withLast(this.#lines, { log: said.log, seq: said.seq, at: said.at, line });
    }
    if (by !== undefined) this.#speakers = withLast(this.#speakers, by);
    const [v1Bytes, extendedBytes] = [v1?.length ?? 0, line?.length ?? 0];
    this.#textBytes += v1Bytes + extendedBytes;
    const heard = v1Bytes * seedListeners + extendedBytes * extendedListeners;
    this.#cost += heard / audienceDiscount + extendedBytes * to.length;
  }
}

/** `list` with one more. Most lists have one or two, and one that has been pushed to has room for 17. */
function withLast<T>(list: T[] | undefined, last: T): T[] {
  if (list === undefined) return [last];
  const [first] = list;
  if (list.length === 1 && first !== undefined) return [first, last];
  list.push(last);
  return list;
}

const goesWithMessage: ReadonlySet<Act['type']> = new Set(['say', 'acknowledge', 'answerRepeat']);

/**
 * What is left of a step whose message could not be kept: neither the message nor its number, but the hub has
 * changed in other ways, too (a conversation begun, somebody moved in).
 */
export function salvageStep(step: ChatStep): ChatStep | undefined {
  const acts = step.acts.filter(({ type }) => !goesWithMessage.has(type));
  const changes = step.changes.filter(({ type }) => type !== 'stream');
  if (acts.length + changes.length === 0) return undefined;
  return {
    acts,
    changes,
    speakers: none,
    isKept: changes.length > 0,
    bytes: (acts.length + changes.length) * itemBytes,
  };
}
