// One turn of the hub: its state, its settings, and the effects so far, with short functions for the handlers.

import { disconnect, soft, success } from '../wire/replies.ts';
import type {
  DisconnectCode,
  SoftCode,
  SoftValues,
  SuccessCode,
  SuccessValues,
} from '../wire/replies.ts';
import type { Event } from '../wire/events.ts';
import { groupAt, type Place } from '../wire/extended/names.ts';
import type { ExtendedEvent, ExtendedEventOf } from '../wire/extended/events.ts';
import { failures, type FailureCode } from '../wire/extended/failures.ts';
import type { RequestVerb } from '../wire/extended/requests.ts';
import type { GroupName } from '../wire/text.ts';
import type { Audience, ConnectionId, Effect } from './effects.ts';
import type { Change } from './records.ts';
import type { Hub, Visit } from './state.ts';

/** What the hub knows about its environment. The same on every node of a cluster. */
export interface Env {
  /** The free text of the greeting [7.1]. */
  readonly welcome: string;
  readonly maxConnections: number;
  /** How many lines of a connection may be refused before its login. The next one ends the connection. */
  readonly maxRefusalsBeforeLogin: number;
  /** How many groups one user may be the admin of. */
  readonly maxGroupsPerAdmin: number;
  /** How many names a group's ban list holds. */
  readonly maxBansPerGroup: number;
  /** How many unanswered file offers one user may have made. */
  readonly maxOffersPerSender: number;
  /** The total length of their metadata, in bytes. */
  readonly maxOfferBytesPerSender: number;
  /** How many files one user may be sending and receiving at a time. */
  readonly maxTransfersPerUser: number;
  /** How many files guests, and people at one address, may be sending and receiving at a time. */
  readonly maxTransfersPerCrowd: number;
  /** How many files all users together may be sending at a time. */
  readonly maxTransfers: number;
  /** Which conversations are stored. Other messages go only to people who are connected. */
  readonly keep: Keep;
  /** How long messages are stored, for clients to know. Undefined for no limit. */
  readonly keepMs: number | undefined;
  readonly keepCount: number | undefined;
  readonly maxAccounts: number;
  /** How many connections an account may have at a time. */
  readonly maxConnectionsPerAccount: number;
  /** How many streams of an account are remembered. The least recently used one is forgotten first. */
  readonly maxStreamsPerAccount: number;
  /** With how many people an account may begin conversations. */
  readonly maxDirectsPerAccount: number;
  /** How many accounts may be invited to one group. */
  readonly maxInvitedPerGroup: number;
  /** How many bytes of private messages may wait to be fetched: between two people, and from one sender in total. */
  readonly maxWaitingPerDirect: number;
  readonly maxWaitingPerAccount: number;
  /** How much writers may add to the stored messages of the lobby and of groups. */
  readonly quotas: Quotas;
  /** How many people an account may have blocked. */
  readonly maxBlocksPerAccount: number;
  /** How many unused one-time codes there may be. */
  readonly maxInvites: number;
  /** Whether the lobby is a sealed group, for accounts [13.9]. */
  readonly sealedLobby: boolean;
  /** How many kept files of an account there may be. */
  readonly maxKeptFilesPerAccount: number;
  /** How much is kept in files, and how long. Undefined if no files are kept. */
  readonly keptFiles: KeptFileLimits | undefined;
}

/** How much is kept in files: in bytes, of one account and of all; undefined for no limit. */
export interface KeptFileLimits {
  readonly quota: number | undefined;
  readonly total: number | undefined;
  /** Of the blobs of one account. */
  readonly blobQuota: number | undefined;
  /** How long a file waits for those whom it is for, in milliseconds. */
  readonly keepMs: number;
}

/** Which kinds of conversations are stored. */
export interface Keep {
  readonly lobby: boolean;
  readonly groups: boolean;
  readonly direct: boolean;
}

/** How much writers may add to the stored messages, in bytes a day. Undefined for no limit. */
export interface Quotas {
  readonly account: number | undefined;
  /** For the guests of one address, or of one name if addresses do not identify people. */
  readonly guest: number | undefined;
}

export interface Turn {
  readonly hub: Hub;
  readonly env: Env;
  readonly effects: Effect[];
}

/** The group of a place that a request names: the lobby is one where it is sealed. */
export function groupNameAt({ env }: Turn, place: Place | undefined): GroupName | undefined {
  return place?.kind === 'lobby' && !env.sealedLobby ? undefined : groupAt(place);
}

export function send(turn: Turn, to: ConnectionId, event: Event): void {
  turn.effects.push({ type: 'send', to, event });
}

export function report(turn: Turn, to: ConnectionId, event: ExtendedEvent): void {
  turn.effects.push({ type: 'report', to, event });
}

/** Sends an event to the part of an audience that logged in by EHLO. */
export function announce(turn: Turn, audience: Audience, event: ExtendedEvent): void {
  turn.effects.push({ type: 'announce', audience, event });
}

export function change(turn: Turn, change: Change): void {
  turn.effects.push({ type: 'change', change });
}

export function join(turn: Turn, audience: Audience, { connection, form }: Visit): void {
  turn.effects.push({ type: 'join', audience, connection, form });
}

export function leave(turn: Turn, audience: Audience, connection: ConnectionId): void {
  turn.effects.push({ type: 'leave', audience, connection });
}

export function close(turn: Turn, connection: ConnectionId): void {
  turn.effects.push({ type: 'close', connection });
}

/** Sends a `-SOFT_ERR`. */
export function sendSoftError<Code extends SoftCode>(
  turn: Turn,
  to: ConnectionId,
  code: Code,
  ...values: SoftValues<Code>
): void {
  send(turn, to, { verb: '-SOFT_ERR', text: soft.text(code, ...values) });
}

/** Sends a `+SUCCESS`. */
export function sendSuccess<Code extends SuccessCode>(
  turn: Turn,
  to: ConnectionId,
  code: Code,
  ...values: SuccessValues<Code>
): void {
  send(turn, to, { verb: '+SUCCESS', text: success.text(code, ...values) });
}

/** Reports that a request was not carried out. */
export function fail(
  turn: Turn,
  to: ConnectionId,
  { verb, label }: { readonly verb: RequestVerb; readonly label?: string | undefined },
  code: FailureCode,
  more: Pick<
    ExtendedEventOf<'FAILED'>,
    'id' | 'expected' | 'last' | 'retryMs' | 'people' | 'room'
  > = {},
): void {
  report(turn, to, { verb: 'FAILED', label, request: verb, code, text: failures[code], ...more });
}

/** The last event before the server closes a connection for its own reason. */
export function farewell(code: DisconnectCode): Event {
  return { verb: 'DSCN', reason: disconnect.text(code) };
}
