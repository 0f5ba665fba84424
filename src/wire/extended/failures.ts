// The registry of coded errors of the extended protocol, sent in FAILED events. Clients match on the code; the text
// is for people. docs/PROTOCOL.md lists the same; a test compares the two.

export const failures = {
  malformed: 'that request is malformed',
  'unknown-request': 'this server does not know that request',
  'no-such-place': 'there is no such conversation',
  'not-a-member': 'you are not a member of that group',
  'to-yourself': 'that is you',
  'no-such-message': 'there is no such message',
  'not-yours': 'only who said it, and the admin of its group, may have it deleted',
  'no-such-account': 'nobody has an account of that name',
  'device-changed': 'that person has another device now: ask for its key',
  'not-encrypted': 'private messages between accounts are encrypted, this one is not',
  'out-of-order': 'messages of a stream come one after the other; another number is expected',
  'store-failed': 'the server cannot store anything at the moment, try again later',
  'no-room': 'the disk of the server is nearly full, and nothing new is kept until there is room',
  'over-quota':
    'you have written as much in the last day as the server keeps of one person, there is room again in a while',
  'too-much-waits':
    'more private messages wait to be fetched than the server keeps: they make room when they are',
  'not-kept': 'that conversation is not kept by the server',
  'no-key': 'that person has left no key to write to them with',
  'not-here': 'private conversations are not on this connection',
  'too-many-key-requests': 'you have asked for too many keys, try again later',
  'too-many-requests': 'too many of your requests are waiting for an answer, try again later',
  'too-many-keys': 'that is more than the server keeps for one device',
  'too-many-conversations':
    'you have private conversations with as many people as the server keeps',
  'place-taken': 'there is a group of that name already',
  'too-many-groups': 'you are the admin of as many groups as the server lets you be',
  'not-the-admin': 'only the admin of that group can do this',
  'no-such-member': 'that person is not in that group',
  'not-allowed': 'your role in that group does not allow that',
  'last-owner': 'a group has an owner: make somebody else one first',
  'too-many-roles': 'as many people are owners and moderators of that group as there can be',
  'too-many-sanctions': 'as many people are silenced, or banned for a time, as there can be',
  'by-invitation': 'that group is by invitation, and in no directory',
  silenced: 'you are silenced in that group',
  'too-soon': 'that group is in slow mode: wait a little before you write again',
  'announcements-only': 'only owners and moderators write in that group',
  'cannot-govern':
    'there are people in that group whose programs know no roles: they would lose the group',
  'member-has-too-many-groups':
    'that person is the admin of as many groups as the server lets anybody be',
  'not-by-invitation': 'everybody may enter that group',
  'too-many-invited': 'as many people as the server keeps are invited to that group',
  'too-many-blocks': 'you have blocked as many people as the server keeps',
  stale: 'it has gone on meanwhile: process what came since, and try again',
  'not-admitted': 'you may not enter that group',
  'record-refused': 'a record does not go on from the last one, or is not from who may sign it',
  'commit-refused': 'that commit does not do what its kind says, or it does more',
  'group-full': 'as many people are in that group as a sealed group can have',
  'cannot-seal':
    'there are people in that conversation whose programs cannot take part in a sealed one',
  'is-sealed': 'that conversation is sealed for all who are in it, this is not',
  'lobby-sealed':
    'the lobby of this server is sealed: it is for programs that can encrypt for groups',
  'not-sealed': 'that conversation is not sealed',
  'no-chain': 'your account has no chain at this server, or another device than this one',
  'no-such-tree': 'the server has no such tree of that group',
  'link-refused': 'that link may not stand in the chain of your account',
  'other-root': 'your account has another root already',
  'channel-full': 'there is no more room on that channel',
  'too-many-meetings': 'as many devices meet here as the server lets them, try again later',
  'too-many-devices': 'your account has as many devices as it can have',
  'too-many-links':
    'the chain of your account has got as many links today, or has as many, as it can have',
  'file-quota':
    'that is more than the server keeps of your files: there is room again when others have taken them, or when you drop some',
  'file-too-large': 'that file is larger than all that the server keeps of the files of one person',
  'files-full': 'the server keeps as much in files as it may, try again later',
  'too-many-files': 'as many of your files are kept as the server keeps of one person',
  'too-many-transfers':
    'as many of your files are on their way as the server lets them be, try again later',
  'no-port': 'the server has no port free for that file, try again later',
  'file-unknown': 'there is no such whole file of yours for that conversation',
  'file-sent': 'that file was sent already, and stays as it is',
  'file-shorter': 'the server has less of that file: ask how much',
  'file-gone': 'that file is not kept any more, or it was not for you',
} as const;

/** The text of `store-failed` for a HISTORY: there the store could not be read. */
export const readFailedText = 'the server cannot read that at the moment, try again later';

export type FailureCode = keyof typeof failures;
