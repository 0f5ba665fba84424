// The manual of `helo link`.
import type { Manual } from '../flags/help.ts';
import { linkFlags } from '../link/options.ts';

export const linkManual: Manual = {
  usage: 'helo link [flags]',
  summary: 'Makes this a device of your account, which you have on another one already.',
  flags: linkFlags,
  operands: [],
  notes: [
    '',
    'It shows a code, which you type there, in helo chat: /link CODE. Then it shows',
    'six digits, which you type there too. On stdout stands only what is to be typed.',
    'Each is also a variable, HELO_NAME=bob. Exit codes: 0 linked; 1 a flag or name',
    'is not right; 3 server lost, time over, or refused there; 4 wrong digits,',
    'another server, or somebody in between; 130 Ctrl-C.',
  ],
};
