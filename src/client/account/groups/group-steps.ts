// What this device does about its sealed groups by itself: enters those that let its account in, removes whoever is out
// from the tree, renews its keys, and leaves a tree for newcomers. Each step is a commit in the outbox, so it survives a
// crash and a lost answer; the log says what became of it.

import { encodeBase64url } from '../../../lib/base64url.ts';
import { exportTree } from '../../../e2ee/group/group-info.ts';
import { treePartBytes } from '../../../wire/extended/fields.ts';
import { formatPlace } from '../../../wire/extended/names.ts';
import type { ExtendedEvent } from '../../../wire/extended/events.ts';
import type { EntryMaterial } from '../../encryption/group/entry.ts';
import type { GroupEngine, GroupNeed } from '../../encryption/group/engine.ts';
import type { GroupNotice } from '../../encryption/group/ports.ts';
import {
  fillWithinMs,
  longestRetryMs,
  removeWithinMs,
  retryMs,
} from '../../encryption/group/limits.ts';
import type { MadeCommit } from '../../encryption/group/writing.ts';
import { newMessageId } from '../../encryption/stored/outgoing.ts';
import type { PendingRequests } from '../../pending-requests.ts';
import type { RandomBytes, Timers } from '../../ports.ts';
import type { ClientChange } from '../../store/store-port.ts';
import type { Conversation } from '../conversations.ts';
import type { Outbox, SendFailure } from '../outbox/outbox.ts';
import type { StoreWriter } from '../store-writer.ts';
import { GroupMaterial, type FetchedMaterial } from './group-material.ts';

export interface GroupStepsPorts {
  readonly engine: GroupEngine;
  readonly outbox: () => Outbox;
  readonly writer: StoreWriter;
  readonly timers: Timers;
  readonly random: RandomBytes;
  readonly work: (task: () => Promise<void>) => void;
  /** Whether something of a conversation is still to be fetched. */
  readonly isBehind: (conversation: Conversation) => boolean;
  /** Lines of a conversation wait until `release`, in their order. */
  readonly hold: (conversation: Conversation) => void;
  readonly release: (conversation: Conversation) => void;
  /** What has become of a group while this device was outside. */
  readonly notice: (conversation: Conversation, notice: GroupNotice) => void;
  /** What the server gives out does not fit together, in a sentence. Told once a login. */
  readonly misfit: (conversation: Conversation, why: string) => void;
  /** Texts may be ready to be sealed. */
  readonly post: (conversation: Conversation) => void;
}

/** What is going on about one group. */
interface Course {
  isStepping: boolean;
  failures: number;
  /** Whether this device has found a tree that is of no use: it leaves its own, once it is in. */
  leavesTree: boolean;
  cancelTimer: (() => void) | undefined;
}

export class GroupSteps {
  readonly #ports: GroupStepsPorts;
  readonly #courses = new Map<Conversation, Course>();
  readonly #material = new GroupMaterial();
  /** One entry after the other is fetched. */
  #fetching: Promise<unknown> = Promise.resolve();
  #requests: PendingRequests | undefined;

  constructor(ports: GroupStepsPorts) {
    this.#ports = ports;
  }

  login(requests: PendingRequests): void {
    this.#requests = requests;
  }

  logout(): void {
    this.#requests = undefined;
    for (const { cancelTimer } of this.#courses.values()) cancelTimer?.();
    this.#courses.clear();
  }

  /** Parts of what is being fetched. Answers whether an event is nothing else. */
  receive(event: ExtendedEvent): boolean {
    return this.#material.receive(event);
  }

  /** A group has changed, or may be ready for its next step. `isUrgent`: texts wait for it. */
  consider(conversation: Conversation, isUrgent = false): void {
    this.#ports.work(() => this.#consider(conversation, isUrgent));
  }

  async #consider(conversation: Conversation, isUrgent: boolean): Promise<void> {
    const { engine, isBehind, outbox, timers, random } = this.#ports;
    const course = this.#course(conversation);
    if (this.#requests === undefined || !conversation.isIn || isBehind(conversation)) return;
    if (!outbox().book.isCounting || course.isStepping) return;
    const need = await engine.need(conversation.name);
    if (need === undefined) {
      this.#ports.post(conversation);
      return;
    }
    if (course.cancelTimer !== undefined && !isUrgent) {
      if (need === 'fill-gaps') this.#ports.post(conversation);
      return;
    }
    course.cancelTimer?.();
    course.cancelTimer = undefined;
    const step = () => this.#step(conversation, need, course);
    const withinMs = need === 'remove' ? removeWithinMs : need === 'fill-gaps' ? fillWithinMs : 0;
    if (withinMs === 0 || (need === 'remove' && isUrgent)) return step();
    // Everybody who is here finds the same to be done.
    const [part = 0] = random(1);
    course.cancelTimer = timers.after(Math.ceil((part / 255) * withinMs), () => {
      course.cancelTimer = undefined;
      this.#ports.work(async () => {
        const isStill = (await engine.need(conversation.name)) === need;
        // Others may have done it, and then another step is next, or nothing holds up the texts.
        if (!isStill) return this.#consider(conversation, false);
        if (!course.isStepping) step();
      });
    });
    // Nobody's texts wait for that.
    if (need === 'fill-gaps') this.#ports.post(conversation);
  }

  #step(conversation: Conversation, need: NonNullable<GroupNeed>, course: Course): void {
    const { engine } = this.#ports;
    course.isStepping = true;
    if (need === 'enter') {
      void this.#enter(conversation, course);
      return;
    }
    this.#ports.work(async () => {
      if (!engine.isSealed(conversation.name)) {
        course.isStepping = false;
        return;
      }
      const localId = this.#newId();
      const made =
        need === 'remove'
          ? await engine.remove(conversation.name, [], localId)
          : await engine.rotate(conversation.name, localId);
      await this.send(conversation, made, localId);
      if (made === undefined) this.#retryLater(conversation, course);
    });
  }

  /** What is needed to enter a group, with the latest tree or the one behind the commit `at`. One fetch after the other. */
  fetch(
    requests: PendingRequests,
    conversation: Conversation,
    at?: number,
  ): Promise<FetchedMaterial | undefined> {
    const fetched = this.#fetching.then(() => this.#material.fetch(requests, conversation, at));
    this.#fetching = fetched;
    return fetched;
  }

  /** The latest tree is of no use: once this device is in, it leaves its own. */
  willLeaveTree(conversation: Conversation): void {
    this.#course(conversation).leavesTree = true;
  }

  /** `trees`: behind which commits those are that are to be tried, one after the other; none: the latest. */
  async #enter(
    conversation: Conversation,
    course: Course,
    trees: readonly number[] = [],
  ): Promise<void> {
    const requests = this.#requests;
    if (requests === undefined) return;
    const { hold, release, work } = this.#ports;
    hold(conversation);
    const [at, ...rest] = trees;
    const fetched = await this.fetch(requests, conversation, at);
    work(async () => {
      // A login that is over has taken its course along.
      const { name } = conversation;
      const isOver =
        this.#courses.get(conversation) !== course || !this.#ports.engine.isSealed(name);
      if (isOver || fetched === undefined) {
        if (isOver) course.isStepping = false;
        else this.#retryLater(conversation, course);
      } else {
        const others = at === undefined ? fetched.otherTrees : rest;
        await this.#enterWith(conversation, course, fetched.material, others);
      }
      release(conversation);
    });
  }

  async #enterWith(
    conversation: Conversation,
    course: Course,
    material: EntryMaterial,
    others: readonly number[],
  ): Promise<void> {
    const localId = this.#newId();
    const made = await this.#ports.engine.enter(conversation.name, material, localId);
    if (made.ok) return this.send(conversation, made.value, localId);
    const isMisfit = typeof made.error === 'object';
    if (isMisfit && others.length > 0) {
      course.leavesTree = true;
      void this.#enter(conversation, course, others);
      return;
    }
    if (isMisfit) this.#ports.misfit(conversation, made.error.misfit);
    this.#retryLater(conversation, course);
  }

  /** Puts a commit into the outbox. To be called where the engine is free. */
  async send(
    conversation: Conversation,
    made: (MadeCommit & { readonly notices?: readonly GroupNotice[] }) | undefined,
    localId: string,
    others: readonly ClientChange[] = [],
  ): Promise<void> {
    if (made === undefined) return;
    const { outbox, writer } = this.#ports;
    this.#course(conversation).isStepping = true;
    const { changes, entry } = outbox().commit(conversation.place, localId, made.fields);
    await writer.write([...others, ...made.changes, ...changes]);
    outbox().written([entry]);
    for (const notice of made.notices ?? []) this.#ports.notice(conversation, notice);
  }

  /** A commit of this device is in the log. */
  committed(conversation: Conversation, wantsTree: boolean): void {
    const course = this.#course(conversation);
    course.isStepping = false;
    course.failures = 0;
    this.consider(conversation);
    if (!wantsTree && !course.leavesTree) return;
    course.leavesTree = false;
    this.#ports.work(() => this.#leaveTree(conversation));
  }

  /** The server has refused one. */
  refused(conversation: Conversation, failure: SendFailure): void {
    const course = this.#course(conversation);
    course.isStepping = false;
    if (failure.code !== 'stale') {
      this.#retryLater(conversation, course);
      return;
    }
    // The server gives out turns: each tries again when it is its own.
    this.#after(conversation, course, failure.retryMs ?? 0);
  }

  async #leaveTree(conversation: Conversation): Promise<void> {
    const tree = await this.#ports.engine.tree(conversation.name, exportTree);
    const requests = this.#requests;
    if (tree === undefined || requests === undefined) return;
    const of = Math.ceil(tree.bytes.length / treePartBytes);
    const place = formatPlace(conversation.place);
    for (let n = 1; n <= of; n++) {
      const bytes = tree.bytes.subarray((n - 1) * treePartBytes, n * treePartBytes);
      const part = { in: place, at: tree.at, n, of, bytes: encodeBase64url(bytes) };
      // Whoever asks for one next time gets one, if this is too late.
      void requests.asking('TREE', part);
    }
  }

  #retryLater(conversation: Conversation, course: Course): void {
    course.isStepping = false;
    const ms = Math.min(longestRetryMs, retryMs * 2 ** course.failures);
    course.failures += 1;
    this.#after(conversation, course, ms);
  }

  #after(conversation: Conversation, course: Course, ms: number): void {
    course.cancelTimer?.();
    course.cancelTimer = this.#ports.timers.after(ms, () => {
      course.cancelTimer = undefined;
      this.consider(conversation);
    });
  }

  #course(conversation: Conversation): Course {
    const known = this.#courses.get(conversation);
    if (known !== undefined) return known;
    const made = { isStepping: false, failures: 0, leavesTree: false, cancelTimer: undefined };
    this.#courses.set(conversation, made);
    return made;
  }

  #newId(): string {
    return newMessageId(this.#ports.random);
  }
}
