// Who has offered a file to whom, and which transfers are running. Keeps these records consistent; files.ts has the
// rules.

import type { LineText } from '../../wire/text.ts';
import type { TransferId } from '../effects.ts';
import type { FileBook, Offer, AcceptedTransfer, User, Visit } from '../state.ts';

function put<T>(book: Map<Visit, Set<T>>, visit: Visit, entry: T): void {
  const entries = book.get(visit);
  if (entries === undefined) book.set(visit, new Set([entry]));
  else entries.add(entry);
}

function take<T>(book: Map<Visit, Set<T>>, visit: Visit, entry: T): void {
  const entries = book.get(visit);
  entries?.delete(entry);
  if (entries?.size === 0) book.delete(visit);
}

export function addOffer(book: FileBook, offer: Offer): void {
  put(book.offersBy, offer.sender, offer);
  put(book.offersTo, offer.receiver, offer);
}

export function removeOffer(book: FileBook, offer: Offer): void {
  take(book.offersBy, offer.sender, offer);
  take(book.offersTo, offer.receiver, offer);
}

/** The oldest offer with exactly these fields, or undefined. */
export function findOffer(
  book: FileBook,
  sender: User,
  receiver: Visit,
  metadata: LineText,
): Offer | undefined {
  for (const offer of book.offersTo.get(receiver) ?? []) {
    if (offer.sender.user === sender && offer.metadata === metadata) return offer;
  }
  return undefined;
}

/** Turns an offer into a transfer, which gets the next number. */
export function addTransfer(book: FileBook, offer: Offer): AcceptedTransfer {
  const transfer: AcceptedTransfer = { id: ++book.lastTransfer as TransferId, offer };
  book.transfers.set(transfer.id, transfer);
  put(book.transfersOf, offer.sender, transfer);
  put(book.transfersOf, offer.receiver, transfer);
  return transfer;
}

export function removeTransfer(book: FileBook, transfer: AcceptedTransfer): void {
  book.transfers.delete(transfer.id);
  take(book.transfersOf, transfer.offer.sender, transfer);
  take(book.transfersOf, transfer.offer.receiver, transfer);
}
