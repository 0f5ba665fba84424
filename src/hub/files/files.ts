// Files from one person to another [7.11]: the offer, the answer, the port that the shell opens for it, and the end.
// The hub decides who may send what to whom and who is notified. It never sees bytes of files. An offer is used once.
// Offers and transfers belong to two connections and end with either of them. Caps are per person.

import type { CommandOf } from '../../wire/commands.ts';
import type { TransferId, TransferSide } from '../effects.ts';
import { hasBlocked } from '../users/blocks.ts';
import { addOffer, addTransfer, findOffer, removeOffer, removeTransfer } from './file-book.ts';
import { findNamed, findUser, primary, type Offer, type User, type Visit } from '../state.ts';
import { send, sendSoftError, type Turn } from '../turn.ts';

/** [7.11] Notifies a receiver that somebody offers a file. */
export function offerFile(turn: Turn, visit: Visit, command: CommandOf<'FILE_TRANS'>): void {
  const { hub, env } = turn;
  const { user, connection } = visit;
  const { metadata } = command;
  const named = findNamed(hub, command.to);
  const receiver = named && !hasBlocked(named, user) ? primary(named) : undefined;
  if (receiver === undefined) {
    sendSoftError(turn, connection, 'no-such-user');
  } else if (named === user) {
    sendSoftError(turn, connection, 'cannot-send-to-yourself');
  } else if (!makeRoom(turn, user, metadata.length)) {
    const { maxOffersPerSender: max, maxOfferBytesPerSender: maxBytes } = env;
    sendSoftError(turn, connection, 'too-many-offers', { max, maxBytes });
  } else {
    addOffer(hub.files, { sender: visit, receiver, metadata });
    send(turn, receiver.connection, { verb: 'FILE_TRANS', from: user.name, metadata });
  }
}

/**
 * Forgets a user's oldest offers until a new one has room. The server does not learn that a file was declined, so
 * declined offers would stay until the login ends. Who still wants a file needs a new offer. False if the new offer
 * alone is too long.
 */
function makeRoom(turn: Turn, user: User, metadataLength: number): boolean {
  while (!mayOffer(turn, user, metadataLength)) {
    const oldest = oldestOffer(turn, user);
    if (oldest === undefined) return false;
    removeOffer(turn.hub.files, oldest);
  }
  return true;
}

/** From the oldest login that has offers. */
function oldestOffer({ hub }: Turn, { visits }: User): Offer | undefined {
  for (const visit of visits) {
    for (const offer of hub.files.offersBy.get(visit) ?? []) return offer;
  }
  return undefined;
}

function mayOffer({ hub, env }: Turn, { visits }: User, metadataLength: number): boolean {
  let count = 0;
  let length = metadataLength;
  for (const visit of visits) {
    const offers = hub.files.offersBy.get(visit);
    count += offers?.size ?? 0;
    for (const offer of offers ?? []) length += offer.metadata.length;
  }
  return count < env.maxOffersPerSender && length <= env.maxOfferBytesPerSender;
}

/** [7.11] Accepts an offer: asks the shell for a port. Both people are notified once it is open. */
export function readyForFile(turn: Turn, visit: Visit, command: CommandOf<'READY_FOR_FILE'>): void {
  const { hub, env } = turn;
  const { user, connection } = visit;
  const sender = findUser(hub, command.from);
  if (sender === undefined) {
    sendSoftError(turn, connection, 'no-such-user');
    return;
  }
  const offer = findOffer(hub.files, sender, visit, command.metadata);
  if (offer === undefined) {
    sendSoftError(turn, connection, 'no-such-offer');
    return;
  }
  // If there is no room now, the offer stays and can be accepted later.
  const { maxTransfersPerUser, maxTransfers } = env;
  if (countTransfers(turn, user) >= maxTransfersPerUser) {
    sendSoftError(turn, connection, 'too-many-transfers', { max: maxTransfersPerUser });
    return;
  }
  if (countTransfers(turn, sender) >= maxTransfersPerUser) {
    const values = { user: sender.name, max: maxTransfersPerUser };
    sendSoftError(turn, connection, 'sender-busy', values);
    return;
  }
  if (hub.files.transfers.size >= maxTransfers) {
    sendSoftError(turn, connection, 'transfers-full', { max: maxTransfers });
    return;
  }
  const crowd = crowdOf(turn, offer);
  if (crowd !== undefined) {
    sendSoftError(turn, connection, crowd, { max: env.maxTransfersPerCrowd });
    return;
  }
  take(turn, offer, command);
}

/** Which group of users has no transfers left: all guests, or the people at one address. The rest is for others. */
function crowdOf({ hub, env }: Turn, wanted: Offer): CrowdCode | undefined {
  const max = env.maxTransfersPerCrowd;
  const running = [...hub.files.transfers.values()].map(({ offer }) => offer);
  const count = (test: (offer: Offer) => boolean) => running.filter(test).length;
  const hasGuest = (offer: Offer) => isGuest(offer.sender) || isGuest(offer.receiver);
  if (hasGuest(wanted) && count(hasGuest) >= max) return 'guest-transfers-full';
  for (const { from } of [wanted.sender, wanted.receiver]) {
    if (from === undefined) continue;
    const isFrom = (offer: Offer) => offer.sender.from === from || offer.receiver.from === from;
    if (count(isFrom) >= max) return 'address-transfers-full';
  }
  return undefined;
}

type CrowdCode = 'guest-transfers-full' | 'address-transfers-full';

function isGuest({ user }: Visit): boolean {
  return user.account === undefined;
}

function countTransfers({ hub }: Turn, { visits }: User): number {
  let count = 0;
  for (const visit of visits) count += hub.files.transfersOf.get(visit)?.size ?? 0;
  return count;
}

function take(turn: Turn, offer: Offer, { proof }: CommandOf<'READY_FOR_FILE'>): void {
  const { files } = turn.hub;
  removeOffer(files, offer);
  const { id } = addTransfer(files, offer);
  const { sender, receiver, metadata } = offer;
  turn.effects.push({
    type: 'openTransfer',
    plan: { transfer: id, sender: sideOf(sender), receiver: sideOf(receiver), metadata, proof },
  });
}

function sideOf({ user, connection }: Visit): TransferSide {
  return { name: user.name, connection };
}

/** [7.11] The port is open: tells both people the port, the sender first. */
export function transferOpened(turn: Turn, id: TransferId, port: number): void {
  const transfer = turn.hub.files.transfers.get(id);
  if (transfer === undefined) return;
  const { sender, receiver, metadata } = transfer.offer;
  send(turn, sender.connection, { verb: 'READY_FOR_FILE', to: receiver.user.name, metadata, port });
  send(turn, receiver.connection, { verb: 'OPEN_PORT_TO_RECEIVE', port });
}

/** There is no port: the offer stays valid, and the receiver is notified. */
export function transferFailed(turn: Turn, id: TransferId): void {
  const { files } = turn.hub;
  const transfer = files.transfers.get(id);
  if (transfer === undefined) return;
  removeTransfer(files, transfer);
  addOffer(files, transfer.offer);
  sendSoftError(turn, transfer.offer.receiver.connection, 'no-free-port');
}

/** A transfer is over. The port itself told the two people how it ended. */
export function transferClosed(turn: Turn, id: TransferId): void {
  const { files } = turn.hub;
  const transfer = files.transfers.get(id);
  if (transfer !== undefined) removeTransfer(files, transfer);
}

/** A connection ended, and with it its offers, the offers to it, and its transfers. */
export function forgetFiles(turn: Turn, visit: Visit): void {
  const { files } = turn.hub;
  for (const offer of files.offersBy.get(visit) ?? []) removeOffer(files, offer);
  for (const offer of files.offersTo.get(visit) ?? []) removeOffer(files, offer);
  for (const transfer of files.transfersOf.get(visit) ?? []) {
    removeTransfer(files, transfer);
    turn.effects.push({ type: 'closeTransfer', transfer: transfer.id });
  }
}
