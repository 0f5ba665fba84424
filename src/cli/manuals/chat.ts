// The manual of `helo chat`.
import { chatFlags } from '../chat/options.ts';
import type { Manual } from '../flags/help.ts';

export const chatManual: Manual = {
  usage: 'helo chat [flags]',
  summary: 'Joins a chat. What you type goes to everybody; /help shows what else there is.',
  flags: chatFlags,
  operands: [],
  notes: [
    '',
    'On a terminal server and name are asked for once and remembered; other flags',
    'change that, and deleting ~/.local/state/helo/chat.json forgets it.',
    'Each is also a variable, HELO_NAME=bob. In a pipe stdout has what was said only.',
    'Exit codes: 0 left; 1 name or flag refused; 3 server lost, or in a pipe not all',
    'delivered; 4 not the certificate that it had before; 130 Ctrl-C.',
  ],
};
