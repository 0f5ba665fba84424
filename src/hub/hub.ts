// The chat itself: a state machine with one writer. step(hub, input, env) changes the hub and returns what the shell
// has to do, in order. No clock, no randomness, no sockets, nothing asynchronous: the same hub, input and env give
// the same effects, on one server and on every node of many.

import { unreachable } from '../lib/invariant.ts';
import type { CommandOf, Verb } from '../wire/commands.ts';
import { addLink } from './users/account-chains.ts';
import { noteSize } from './users/directory.ts';
import { authenticate } from './users/accounts.ts';
import { administer } from './users/admin.ts';
import { blockPerson } from './users/blocks.ts';
import { listDevices } from './users/devices.ts';
import { stillHere } from './users/starts.ts';
import { eraseMessage } from './messages/erasures.ts';
import { addEarlier, gotMessages } from './messages/directs.ts';
import type { ConnectionId, Effect } from './effects.ts';
import {
  offerFile,
  readyForFile,
  transferClosed,
  transferFailed,
  transferOpened,
} from './files/files.ts';
import { listBlobs } from './files/kept/blobs.ts';
import { fetchFile, takeFile } from './files/kept/fetches.ts';
import {
  endUploads,
  keptFailed,
  keptMoved,
  keptOpened,
  keptOver,
} from './files/kept/kept-transfers.ts';
import { filesAged, filesLost } from './files/kept/removals.ts';
import { dropFile, uploadFile } from './files/kept/uploads.ts';
import { listGroups } from './groups/group-list.ts';
import { endGroup, handOver } from './groups/hand-over.ts';
import { governGroup } from './groups/rules.ts';
import { createGroup, joinGroup, kick, leaveGroup } from './groups/groups.ts';
import { nothingSigned, type HubInput } from './inputs.ts';
import { commitToRoom } from './groups/sealed/commit.ts';
import { leaveTree } from './groups/sealed/trees.ts';
import { createByInvitation, invite } from './groups/invited.ts';
import {
  broadcast,
  groupMessage,
  privateMessage,
  publicKey,
  requestPublicKey,
} from './messages/messages.ts';
import { linesExpired, trimmed } from './messages/logs.ts';
import { connect, evict, forget, listUsers, login, quit, refuse } from './users/people.ts';
import { listMembers } from './groups/members.ts';
import { listPeople } from './users/presence.ts';
import { sendMessage } from './messages/sends.ts';
import type { Hub, Visit } from './state.ts';
import { drop, setStoring } from './storing.ts';
import { sendSoftError, type Env, type Turn } from './turn.ts';

export type { HubInput } from './inputs.ts';

/** Commands of the open phase. HELO, PONG and QUIT are answered in every phase. */
type OpenVerb = Exclude<Verb, 'HELO' | 'PONG' | 'QUIT'>;

type Handler<V extends Verb> = (
  turn: Turn,
  visit: Visit,
  command: CommandOf<V>,
  at: number,
) => void;

/** A verb without a handler does not compile. */
const handlers: { readonly [V in OpenVerb]: Handler<V> } = {
  BCST: broadcast,
  GET_USERS: listUsers,
  PM: privateMessage,
  REQUEST_PUBLIC_KEY: requestPublicKey,
  PUBLIC_KEY: publicKey,
  CREATE_GROUP: createGroup,
  JOIN_GROUP: joinGroup,
  GROUP_MESSAGE: groupMessage,
  LEAVE_GROUP: leaveGroup,
  KICK: kick,
  FILE_TRANS: offerFile,
  READY_FOR_FILE: readyForFile,
};

/** What guests may send if they may only enter the lobby. */
const lobbyVerbs: ReadonlySet<Verb> = new Set<OpenVerb>(['BCST', 'GET_USERS']);

/** The phase that decides which commands a connection may send; undefined once the hub has forgotten it. */
export function phaseOf(hub: Hub, connection: ConnectionId): 'greeting' | 'open' | undefined {
  return hub.connections.get(connection)?.name;
}

/** Inputs that come from one connection. */
type ConnectionInput = Extract<HubInput, { readonly connection: ConnectionId }>;

/** Inputs that answer the hub's effects, and the operator's. */
type OtherInput = Exclude<HubInput, ConnectionInput>;

/**
 * Applies one input. Inputs of connections and transfers that the hub has closed or never knew change nothing: they
 * were sent before it closed them.
 */
export function step(hub: Hub, input: HubInput, env: Env): readonly Effect[] {
  const turn: Turn = { hub, env, effects: [] };
  if (input.type === 'connect') connect(turn, input.connection, input.way);
  else if (!('connection' in input)) answer(turn, input);
  else if (hub.connections.has(input.connection)) carryOut(turn, input);
  return turn.effects;
}

function answer(turn: Turn, input: OtherInput): void {
  switch (input.type) {
    case 'transferOpened':
      transferOpened(turn, input.transfer, input.port);
      return;
    case 'transferFailed':
      transferFailed(turn, input.transfer);
      return;
    case 'transferClosed':
      transferClosed(turn, input.transfer);
      return;
    case 'keptOpened':
      keptOpened(turn, input.transfer, input.port, input.ticket);
      return;
    case 'keptFailed':
      keptFailed(turn, input.transfer, input.why);
      return;
    case 'keptMoved':
      keptMoved(turn, input.transfer, input.have);
      return;
    case 'keptOver':
      keptOver(turn, input.transfer, input.have, input.why);
      return;
    case 'keptLost':
      filesLost(turn, input.ids);
      return;
    case 'aged':
      filesAged(turn, input.age);
      return;
    case 'room':
      turn.hub.hasRoom = input.isThere;
      if (!input.isThere) endUploads(turn);
      return;
    case 'storing':
      setStoring(turn, input.works);
      return;
    case 'dropped':
      drop(turn, input.speakers);
      return;
    case 'trimmed':
      trimmed(turn, input.trimmed);
      return;
    case 'expired':
      linesExpired(turn, input.lines);
      return;
    case 'waited':
      addEarlier(turn, input.log, input.bytes, input.messages);
      return;
    case 'admin':
      administer(turn, input.act, input.at);
      return;
    default:
      unreachable(input);
  }
}

function carryOut(turn: Turn, input: Exclude<ConnectionInput, { type: 'connect' }>): void {
  const { connection } = input;
  switch (input.type) {
    case 'command':
      command(turn, input);
      return;
    case 'authenticated':
      authenticate(turn, input);
      return;
    case 'request':
      request(turn, input);
      return;
    case 'knowsDirectory': {
      const phase = turn.hub.connections.get(connection);
      const isAccount = phase?.name === 'open' && phase.visit.user.account !== undefined;
      if (isAccount) noteSize(turn, input.size);
      return;
    }
    case 'chain': {
      const phase = turn.hub.connections.get(connection);
      if (phase?.name === 'open') addLink(turn, phase.visit, input);
      return;
    }
    case 'erase': {
      const phase = turn.hub.connections.get(connection);
      if (phase?.name === 'open') eraseMessage(turn, phase.visit, input.request, input.line);
      return;
    }
    case 'refuse':
      refuse(turn, connection, input.refusal);
      return;
    case 'evict':
      evict(turn, connection, input.last);
      return;
    case 'disconnect':
      forget(turn, connection);
      return;
    default:
      unreachable(input);
  }
}

function command(turn: Turn, input: Extract<HubInput, { type: 'command' }>): void {
  const { connection, command, at } = input;
  const phase = turn.hub.connections.get(connection);
  switch (command.verb) {
    case 'PONG':
      // The heartbeat is the shell's: it needs a clock.
      return;
    case 'QUIT':
      quit(turn, connection);
      return;
    case 'HELO':
      if (phase?.name === 'greeting') login(turn, connection, phase.way, command, at);
      else sendSoftError(turn, connection, 'already-logged-in');
      return;
    default:
      if (phase?.name === 'open' && phase.visit.lobbyOnly && !lobbyVerbs.has(command.verb)) {
        sendSoftError(turn, connection, 'lobby-only');
      } else if (phase?.name === 'open') {
        (handlers[command.verb] as Handler<Verb>)(turn, phase.visit, command, at);
      } else {
        sendSoftError(turn, connection, 'login-first');
      }
  }
}

/** Requests are only for connections that logged in by EHLO. For a version 1 connection their verbs are unknown. */
function request(turn: Turn, input: Extract<HubInput, { type: 'request' }>): void {
  const { connection, request, parts = nothingSigned, at } = input;
  const phase = turn.hub.connections.get(connection);
  if (phase?.name !== 'open') {
    sendSoftError(turn, connection, 'login-first');
    return;
  }
  const { visit } = phase;
  if (visit.form === 'v1') {
    sendSoftError(turn, connection, 'unknown-command');
    return;
  }
  switch (request.verb) {
    case 'SEND':
      sendMessage(turn, visit, request, at);
      return;
    case 'GOT':
      gotMessages(turn, visit, request, at);
      return;
    case 'PEOPLE':
      listPeople(turn, visit, request);
      return;
    case 'MEMBERS':
      listMembers(turn, visit, request);
      return;
    case 'CREATE':
      createByInvitation(turn, visit, request);
      return;
    case 'INVITE':
      invite(turn, visit, request, parts, at);
      return;
    case 'DEVICES':
      listDevices(turn, visit, request);
      return;
    case 'START':
      stillHere(turn, visit, request);
      return;
    case 'BLOCK':
      blockPerson(turn, visit, request);
      return;
    case 'HAND_OVER':
      handOver(turn, visit, request, parts, at);
      return;
    case 'RULES':
      governGroup(turn, visit, request, parts, at);
      return;
    case 'GROUPS':
      listGroups(turn, visit, request);
      return;
    case 'END_GROUP':
      endGroup(turn, visit, request);
      return;
    case 'COMMIT':
      commitToRoom(turn, visit, request, parts, at);
      return;
    case 'TREE':
      leaveTree(turn, visit, request, at);
      return;
    case 'UPLOAD':
      uploadFile(turn, visit, request, input.spare);
      return;
    case 'FETCH':
      fetchFile(turn, visit, request);
      return;
    case 'TAKEN':
      takeFile(turn, visit, request, at);
      return;
    case 'DROP':
      dropFile(turn, visit, request);
      return;
    case 'BLOBS':
      listBlobs(turn, visit, request);
      return;
    default:
      unreachable(request);
  }
}
