// Why something cannot be done with a message, in words. A page loads it behind its beginning (amended-words.ts).

/** Why something cannot be done with a message. */
export const cannotAmend = {
  gone: 'That message is not here any more.',
  waiting: 'Wait until it is stored.',
  failed: 'It was not sent: say it again.',
  guest: 'That needs an account.',
  unnumbered: 'The server keeps nothing of this conversation: what was said there stays as it is.',
  deleted: 'It is deleted.',
  notOwn: 'Only who said it can edit it.',
  notText: 'Only a text can be edited.',
  notYours: 'Only who said it can delete it, and in a group its admin.',
  noPins: 'Nothing can be pinned in the lobby.',
  notYourPins: 'In a group its owners and moderators pin messages.',
  tooManyPins: '100 messages are pinned here already: take one of them off first.',
  old: 'It is from before this conversation was begun anew, and stays as it is.',
  same: 'That is its text already.',
  noEmoji: 'That is not one emoji.',
  tooManyKinds: 'There are 20 kinds of reactions to it already.',
  noContents:
    'This server cannot do that where it can read what is said: it is of an earlier version.',
} as const;
