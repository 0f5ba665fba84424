// The hub runner: the hub, and the commit queue that all its decisions pass through before they are carried out. The
// only place that steps the hub, so that decisions are carried out in order.

import type { Audience, ConnectionId, Effect, Form, Speaker } from '../hub/effects.ts';
import { phaseOf, step } from '../hub/hub.ts';
import type { HubInput } from '../hub/inputs.ts';
import type { Records } from '../hub/records.ts';
import { createHub } from '../hub/restore.ts';
import type { Hub } from '../hub/state.ts';
import type { Env } from '../hub/turn.ts';
import type { ExtendedEvent } from '../wire/extended/events.ts';
import type { LineRefusal } from '../wire/commands.ts';
import type { Clock } from './clock.ts';
import { CommitQueue, type CommitTarget } from './commit-queue/commit-queue.ts';
import type { Logger } from './log.ts';
import type { Act, ShellJob } from './outgoing/acts.ts';
import { isFreeEvent, isFreeInput, touchedBy } from './outgoing/ahead.ts';
import { carryOut, type ActTargets } from './outgoing/carry-out.ts';
import { formStep, salvageStep, type Hearing } from './outgoing/form-step.ts';
import { sha256 } from './requests/signed-parts.ts';

/** Where the hub runner stores data, and what it starts with. */
export interface HubMemory {
  readonly store: CommitTarget;
  readonly records: Records;
}

export class HubRunner implements Hearing {
  readonly #hub: Hub;
  readonly #env: Env;
  readonly #world: ActTargets;
  readonly #commitQueue: CommitQueue<Act, Speaker>;
  /** How many joins are decided and not carried out yet. */
  #joining = 0;

  constructor(
    env: Env,
    { store, records }: HubMemory,
    world: ActTargets,
    clock: Clock,
    log: Logger,
  ) {
    this.#env = env;
    this.#world = world;
    this.#hub = createHub(records, sha256);
    const { delivery } = world;
    this.#commitQueue = new CommitQueue<Act, Speaker>(store, clock, {
      get holdMs() {
        return delivery.holdMs;
      },
      get flushMs() {
        return delivery.flushMs;
      },
      carryOut: (acts) => {
        for (const act of acts) {
          if (act.type === 'join') this.#joining--;
          carryOut(act, world);
        }
      },
      touched: touchedBy,
      dropped: (speakers) => this.#drop(speakers),
      salvage: salvageStep,
      storing: (works, code) => {
        if (works) log.info({}, 'the store works again');
        else log.error({ code }, 'the store has failed: what would have to be kept is refused');
        this.step({ type: 'storing', works });
      },
    });
  }

  /** For lookups. Only `step` changes it. */
  get hub(): Hub {
    return this.#hub;
  }

  /** For the figures of what is stored and what waits. */
  get commitQueue(): Pick<
    CommitQueue<Act, Speaker>,
    'works' | 'isOpen' | 'commitMs' | 'isHeavy' | 'uncommittedBytes' | 'counts' | 'close'
  > {
    return this.#commitQueue;
  }

  phase(connection: ConnectionId): 'greeting' | 'open' | undefined {
    return phaseOf(this.#hub, connection);
  }

  /** Applies an input to the hub. Returns its cost, in bytes. */
  step(input: HubInput): number {
    const effects = step(this.#hub, input, this.#env);
    return this.#enqueue(effects, isFreeInput(input, effects));
  }

  /** The other side of a connection has ended it. */
  leave(connection: ConnectionId): void {
    const effects = step(this.#hub, { type: 'disconnect', connection }, this.#env);
    // After everything that must still be sent to it, as with every end: steps that concern it expect that it exists.
    this.#enqueue([...effects, { type: 'close', connection }]);
  }

  /** Refuses a line. Returns the cost, in bytes. */
  refuse(connection: ConnectionId, refusal: LineRefusal): number {
    return this.step({ type: 'refuse', connection, refusal });
  }

  /** Sends an event to one connection, after everything decided before. Returns its size in bytes. */
  report(connection: ConnectionId, event: ExtendedEvent): number {
    return this.#enqueue([{ type: 'report', to: connection, event }], isFreeEvent(event));
  }

  /** Sends lines to one connection, after everything decided before. */
  send(connection: ConnectionId, lines: string): void {
    const acts = [{ type: 'send', to: connection, line: lines }] as const;
    this.#commitQueue.enqueue({ ...nothing, acts, bytes: lines.length });
  }

  /** Sends a line to several connections, after everything decided before. */
  tell(to: readonly ConnectionId[], line: string): void {
    const say = { type: 'say', audience: undefined, except: undefined, to } as const;
    const acts = [{ ...say, lines: { extended: line } }];
    this.#commitQueue.enqueue({ ...nothing, acts, bytes: line.length });
  }

  /** Applies an input to the hub. Resolves when its result and everything before it is stored and carried out. */
  carry(input: HubInput): Promise<void> {
    const effects = step(this.#hub, input, this.#env);
    return new Promise((resolve) => void this.#enqueue([...effects, { type: 'do', job: resolve }]));
  }

  /** Resolves when everything decided before is stored and carried out. */
  settled(): Promise<void> {
    return new Promise((resolve) => void this.#enqueue([{ type: 'do', job: resolve }]));
  }

  /**
   * The messages of these speakers could not be stored. They are notified at once, not only when the store works again.
   */
  #drop(speakers: readonly Speaker[]): void {
    const effects = step(this.#hub, { type: 'dropped', speakers }, this.#env);
    const firstKept = effects.findIndex(({ type }) => type === 'change');
    const told = firstKept < 0 ? effects.length : firstKept;
    this.#enqueue(effects.slice(0, told));
    this.#enqueue(effects.slice(told));
  }

  #enqueue(effects: readonly (Effect | ShellJob)[], isFree = false): number {
    const { step, lines, cost } = formStep(effects, this, isFree);
    for (const effect of effects) if (effect.type === 'join') this.#joining++;
    this.#commitQueue.enqueue(step, lines);
    return cost;
  }

  listeners(audience: Audience, form: Form): number {
    return this.#world.delivery.listeners(audience, form);
  }

  get willGrow(): boolean {
    return this.#joining > 0;
  }
}

const nothing = { changes: [], speakers: [], isKept: false } as const;
