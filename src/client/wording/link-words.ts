// Links to messages, and days to go to, in words for people.
import type { LinkFault } from '../permalink/message-links.ts';
import { momentForms } from './said-when.ts';

export const linkFaults: Readonly<Record<LinkFault | 'guest' | 'no-link' | 'no-moment', string>> = {
  'no-number': 'The server has no number for that message, so nothing can link to it.',
  'no-identity': 'Nothing can be linked at this server: it has no identity.',
  'other-server': 'That link is to a message at another server.',
  'not-here':
    'That message is not here: it is in a conversation that you are not in, or is kept no more, here and at the server.',
  guest: 'Nothing is kept for guests, so nothing can be linked.',
  'no-link': 'That is no whole link to a message.',
  'no-moment': `That is no link and no time: ${momentForms}.`,
};

export const nothingSince = 'Nothing was said here since then.';
