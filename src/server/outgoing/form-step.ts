// The effects of one step of the hub -> acts, what to store, and the cost for the connection that caused it.

import type {
  Audience,
  ConnectionId,
  Effect,
  Form,
  LogLine,
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

/** A step, with its lines and its cost. */
export interface FormedStep {
  readonly step: ChatStep;
  /** The lines to be stored. */
  readonly lines: readonly KeptLine[];
  /** Its bytes, as flood control counts them. */
  readonly cost: number;
}

/** Who would get the lines if the step were carried out now. */
export interface Hearing {
  /** How many connections get an audience's lines in a form. */
  listeners(audience: Audience, form: Form): number;
  /** Whether a waiting step lets somebody join an audience, so that more connections will get the lines by then. */
  readonly willGrow: boolean;
}

/** The cost of searching for a repeat, in bytes: up to a megabyte of its log is read. */
const repeatCost = 32 * 1024;

/** The approximate memory of an act or a change, without its text. */
const itemBytes = 200;

const none: readonly never[] = [];

/** The step for `effects`. `isFree`: they reveal nothing that is stored. */
export function formStep(
  effects: readonly (Effect | ShellJob)[],
  hearing: Hearing,
  isFree = false,
): FormedStep {
  const forming = new Forming(hearing);
  for (const effect of effects) forming.add(effect);
  return forming.formed(isFree);
}

/** Thousands of steps may wait for the store, so lists are made only when they get an entry. */
class Forming {
  readonly #hearing: Hearing;
  #acts: Act[] | undefined;
  #changes: Change[] | undefined;
  #lines: KeptLine[] | undefined;
  #speakers: Speaker[] | undefined;
  #textBytes = 0;
  /** Whether more connections may get the lines than would now. */
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
      case 'group-line':
        this.#addLine(effect);
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
      case 'openKept':
      case 'closeKept':
      case 'removeKept':
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

  /** A line that goes with changes: it is stored as one, and tried again with them. */
  #addLine({ said, audience, except, to, items }: LogLine): void {
    const { log, seq, at } = said;
    const line = formatMessage(said);
    if (log !== undefined && seq !== undefined) {
      const change: Change = { type: 'group-line', line: { log, seq, at, line, items } };
      this.#changes = withLast(this.#changes, change);
    }
    const lines = { v1: undefined, extended: line };
    this.#acts = withLast<Act>(this.#acts, { type: 'say', audience, lines, except, to });
    const listeners = audience ? this.#hearing.listeners(audience, 'extended') : 0;
    this.#textBytes += line.length;
    this.#cost += (line.length * listeners) / audienceDiscount + line.length * to.length;
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
    // If only version 1 connections listen, the other form is not written.
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

/** `list` with one more entry. Most lists have one or two; after a push an array has room for 17. */
function withLast<T>(list: T[] | undefined, last: T): T[] {
  if (list === undefined) return [last];
  const [first] = list;
  if (list.length === 1 && first !== undefined) return [first, last];
  list.push(last);
  return list;
}

const goesWithMessage: ReadonlySet<Act['type']> = new Set(['say', 'acknowledge', 'answerRepeat']);

/**
 * What remains of a step whose message could not be stored. The message and its number are gone, but the hub has other
 * changes (a new conversation, a join).
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
