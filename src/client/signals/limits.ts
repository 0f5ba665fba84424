// Every cap and every wait of signals on a client.

/** So often somebody says that they are writing, or how far they have read, in one conversation. The server passes over more. */
export const signalEveryMs = 5_000;
/** Nobody is shown as writing for longer than this after they have said so. */
export const typingMs = 8_000;
/** Only in groups of so many people the decision for all conversations holds; of others the person decides by itself. */
export const maxPeopleByDefault = 20;
/** Of so many people it is remembered how far they have read, in so many conversations; the last ones stay. */
export const maxReaders = 32;
export const maxReadBooks = 200;
/** Conversations in which somebody is shown as writing. */
export const maxTypingPlaces = 64;
/** Marks that wait for a commit that this device has yet to process: of so many people, in each conversation. */
export const maxMarksWaiting = 64;
/** A signal whose clock is so far from the one here is of another time. */
export const maxSkewMs = 15 * 60_000;
/** How far others have read is written once in this time. */
export const readBookMs = 5_000;
/** Names of readers that are listed; of more there is only the count. */
export const maxNamedReaders = 50;
/** Conversations of which the person's decision is remembered. */
export const maxWishes = 500;
/** A mark that could not be sealed is tried again so many times, each after `signalEveryMs`. */
export const maxMarkTries = 12;
/** Conversations whose marks are told to a server that was started anew: it takes those of as many from a connection. */
export const maxToldAnew = 64;
