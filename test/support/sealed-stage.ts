// People in rooms on a stage of the hub: whoever signs does it truly, and a commit is its outline alone, since the hub sees
// no more of it. A room has the name that its charter calls it by: `lunch`, `*`, `@alice+bob`, `@alice`.

import type { ExtendedEvent } from '../../src/wire/extended/events.ts';
import type { RequestOf } from '../../src/wire/extended/requests.ts';
import type { CommitOutline } from '../../src/wire/mls-outline.ts';
import { invariant } from '../../src/lib/invariant.ts';
import { decodeBase64url, encodeBase64url } from '../../src/lib/base64url.ts';
import { concatBytes, encodeUtf8 } from '../../src/lib/bytes.ts';
import { groupConversation, parseConversation } from '../../src/wire/extended/names.ts';
import type { ConnectionId } from '../../src/hub/effects.ts';
import type { CheckedParts } from '../../src/hub/inputs.ts';
import type { SealedState } from '../../src/hub/groups/sealed/sealed-state.ts';
import { Stage } from '../../src/hub/stage.fixture.ts';
import { findNamed, type Direct } from '../../src/hub/state.ts';
import type { Env } from '../../src/hub/turn.ts';
import type { RecordBody, RosterRecord } from '../../src/wire/statements/roster-record.ts';
import { applyEntry, applyRecord } from '../../src/wire/statements/roster.ts';
import type { Checked } from '../../src/wire/statements/statement.ts';
import type { GroupName } from '../../src/wire/text.ts';
import { ciphers, groupIdOf, Somebody } from './statements.ts';

type Commit = RequestOf<'COMMIT'>;

const kinds = { enter: 1, remove: 2, rotate: 3 } as const;

/** How a commit differs from what an honest client sends. */
export interface Twist {
  readonly seen?: number;
  readonly on?: number;
  readonly id?: string;
  readonly removed?: readonly number[];
  readonly records?: readonly Checked<RosterRecord>[];
  readonly outline?: Partial<CommitOutline>;
  readonly request?: Partial<Commit>;
  readonly parts?: Partial<CheckedParts>;
  readonly head?: Uint8Array;
}

export class SealedStage {
  stage: Stage;
  readonly people = new Map<string, Somebody>();
  readonly #numbers = new Map<number, number>();
  readonly #here = new Map<number, Somebody>();

  constructor(env: Partial<Env> = {}) {
    this.stage = new Stage(env, undefined, undefined, ciphers.sha256);
  }

  person(name: string): Somebody {
    const known = this.people.get(name) ?? new Somebody(name);
    this.people.set(name, known);
    return known;
  }

  /** Somebody comes whose client takes part in sealed groups, or not; at their first device unless another is named. */
  account(
    connection: number,
    name: string,
    sealed = true,
    who = this.person(name),
    how: Parameters<Stage['account']>[2] = {},
  ): (string | ExtendedEvent)[] {
    this.#here.set(connection, who);
    const device = encodeBase64url(who.signer.key);
    return this.stage.account(connection, name, {
      device,
      can: { sealed },
      hearsSignals: true,
      ...how,
    });
  }

  /** The same, with a program that takes part in sealed private conversations, and the account's chain left there. */
  roomy(connection: number, name: string, who = this.person(name), isPrivate = true) {
    const can = { sealed: true, devices: true, rooms: true };
    const heard = this.account(connection, name, true, who, { can, private: isPrivate });
    this.chain(connection);
    return heard;
  }

  /** The server gets all links of somebody's account that it does not have. */
  chain(connection: number): void {
    const { name } = this.of(connection);
    const { chain } = this.stage.hub.users.get(name)?.account ?? {};
    for (const link of this.of(connection).links.slice(chain?.links ?? 0)) {
      const at = this.stage.now;
      this.stage.run({
        type: 'chain',
        connection: connection as ConnectionId,
        label: 'l',
        link,
        at,
      });
    }
    this.clear(connection);
  }

  /** The next number of the stream of a connection's program. */
  nextId(connection: number): string {
    const number = (this.#numbers.get(connection) ?? 0) + 1;
    this.#numbers.set(connection, number);
    return `s${connection}.${number}`;
  }

  /** The number was not used up. */
  takeBack(connection: number): void {
    this.#numbers.set(connection, (this.#numbers.get(connection) ?? 1) - 1);
  }

  state(group: string): SealedState {
    const { sealed } = this.stage.hub.groups.get(group) ?? this.direct(group) ?? {};
    invariant(sealed, 'a room');
    return sealed;
  }

  /** The private conversation of that name. */
  direct(name: string): Direct | undefined {
    const parsed = parseConversation(name);
    if (parsed?.kind !== 'direct') return undefined;
    const [one, other] = parsed.people.map((user) => findNamed(this.stage.hub, user));
    return other && one?.account?.directs?.get(other);
  }

  /** How somebody calls the place of a room. */
  placeOf(connection: number, group: string): string {
    const parsed = parseConversation(group);
    if (parsed?.kind !== 'direct') return groupConversation(group as GroupName);
    const me = this.of(connection).name;
    return `@${parsed.people.find((user) => user !== me) ?? me}`;
  }

  of(connection: number): Somebody {
    const here = this.#here.get(connection);
    invariant(here, 'somebody is here');
    return here;
  }

  /** A record by somebody, behind the last one or those of `behind`. */
  record(
    connection: number,
    group: string,
    body: RecordBody,
    behind: readonly Checked<RosterRecord>[] = [],
  ): Checked<RosterRecord> {
    let { roster } = this.state(group);
    for (const one of behind) {
      const applied = applyRecord(roster, one);
      invariant(applied.ok, 'a record that may stand there');
      roster = applied.value;
    }
    return this.of(connection).record(roster, body);
  }

  out(connection: number, group: string, name: string, word: 'kick' | 'ban' = 'ban') {
    return this.record(connection, group, { kind: 'out', root16: this.person(name).root16, word });
  }

  /** Founds a group, or seals it. Returns what its founder hears. */
  found(
    connection: number,
    group: string,
    mode: 'open' | 'invite' = 'open',
    twist: Twist = {},
  ): (string | ExtendedEvent)[] {
    const me = this.of(connection);
    const charter = me.charter(groupIdOf(group), { group: group as GroupName, mode });
    const records = twist.records ?? [charter];
    const request = {
      verb: 'COMMIT',
      label: 'f',
      in: this.placeOf(connection, group),
      id: twist.id ?? this.nextId(connection),
      kind: 'found',
      seen: 0,
      on: 0,
      info: 'info',
      tree: 'tree',
      records: records.map(({ bytes }) => encodeBase64url(bytes)),
      chain: me.links.map(({ bytes }) => encodeBase64url(bytes)),
      ...twist.request,
    } as Commit;
    const parts = { outline: undefined, records, chain: me.account, ...twist.parts };
    this.stage.request(connection, request, parts);
    return this.stage.events(connection);
  }

  /** Founds a private conversation as an honest client does, but for `twist`. Returns what its founder hears. */
  foundPrivate(connection: number, name: string, twist: Twist = {}): (string | ExtendedEvent)[] {
    const me = this.of(connection);
    const group = name as GroupName;
    const charter = me.charter(groupIdOf(`${name} ${me.name}`), { group, mode: 'invite' });
    const peer = this.placeOf(connection, name).slice(1);
    const records = peer === me.name ? [charter] : [charter, this.admission(charter, me, peer)];
    return this.found(connection, name, 'invite', { records, ...twist });
  }

  /** What admits somebody behind a record, by their root of now. */
  admission(behind: Checked<RosterRecord>, by: Somebody, name: string): Checked<RosterRecord> {
    const { groupId, n, hash: head } = behind;
    const { root16, name: user } = this.person(name);
    const people = [{ root16, name: user }];
    return by.record({ groupId, records: n + 1, head }, { kind: 'admit', people });
  }

  /** Commits as an honest client does, but for `twist`. Returns what the committer hears. */
  commit(
    connection: number,
    group: string,
    kind: 'enter' | 'remove' | 'rotate',
    twist: Twist = {},
  ): (string | ExtendedEvent)[] {
    const me = this.of(connection);
    const state = this.state(group);
    const last = state.commits[0]?.seq ?? 0;
    const { seen = last, on = seen, records = [] } = twist;
    const { root16, name } = me;
    const enters = kind === 'enter';
    const outline: CommitOutline = {
      groupId: decodeBase64url(state.groupId) ?? new Uint8Array(),
      epoch: 1,
      sender: enters ? { kind: 'newcomer' } : { kind: 'member', leaf: this.leafOf(me, group) },
      authenticatedData: this.#data(
        kind,
        on,
        twist.head ?? this.headBehind(group, me, enters, records),
      ),
      removed: twist.removed ?? [],
      signatureKey: me.signer.key,
      identity: concatBytes(Uint8Array.of(2), root16, encodeUtf8(name)),
      ...twist.outline,
    };
    const request = {
      verb: 'COMMIT',
      label: 'c',
      in: this.placeOf(connection, group),
      id: twist.id ?? this.nextId(connection),
      kind,
      seen,
      on,
      commit: 'commit',
      info: 'info',
      records: records.map(({ bytes }) => encodeBase64url(bytes)),
      ...(enters && { chain: me.links.map(({ bytes }) => encodeBase64url(bytes)) }),
      ...twist.request,
    } as Commit;
    const chain = enters ? me.account : undefined;
    this.stage.request(connection, request, { outline, records, chain, ...twist.parts });
    return this.stage.events(connection);
  }

  leafOf(someone: Somebody, group: string): number {
    const key = encodeBase64url(someone.signer.key);
    const leaves = this.state(group).commits[0]?.leaves ?? [];
    return Math.max(
      0,
      leaves.findIndex((leaf) => leaf?.key === key),
    );
  }

  headBehind(
    group: string,
    someone: Somebody,
    enters: boolean,
    records: readonly Checked<RosterRecord>[],
  ): Uint8Array {
    let { roster } = this.state(group);
    const entered = enters && applyEntry(roster, someone.account, someone.signer.key);
    if (entered !== false && entered.ok) roster = entered.value;
    for (const record of records) {
      const applied = applyRecord(roster, record);
      if (applied.ok) roster = applied.value;
    }
    return roster.head;
  }

  #data(kind: keyof typeof kinds, on: number, head: Uint8Array): Uint8Array {
    const line = new Uint8Array(8);
    new DataView(line.buffer).setBigUint64(0, BigInt(on));
    return concatBytes(Uint8Array.of(1, kinds[kind]), line, head);
  }

  /** Says something in a group. */
  say(connection: number, group: string, part: Partial<RequestOf<'SEND'>> = {}) {
    const last = this.state(group).commits[0]?.seq ?? 0;
    const id = this.nextId(connection);
    const said = {
      verb: 'SEND',
      in: this.placeOf(connection, group),
      id,
      sealed: 'words',
      seen: last,
      on: last,
    };
    this.stage.request(connection, { ...said, ...part } as RequestOf<'SEND'>);
    return this.stage.events(connection);
  }

  /** Throws away what was heard so far. */
  clear(...connections: readonly number[]): void {
    for (const connection of connections) this.stage.read(connection);
  }
}

/** The codes and verbs of what somebody hears. */
export function inShort(events: readonly (string | ExtendedEvent)[]): string[] {
  return events.map((event) => {
    if (typeof event === 'string') return event;
    return event.verb === 'FAILED' ? event.code : event.verb;
  });
}
