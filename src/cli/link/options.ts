// The flags of `helo link`. A flag overrides a variable, a variable the default.
import { chatFlags, serverFlag } from '../chat/options.ts';
import { switchFlag, type FlagValues } from '../flags/table.ts';

export const linkFlags = {
  server: serverFlag,
  name: {
    ...chatFlags.name,
    shownDefault: 'as the other device says',
    help: 'whose device this is to be',
  },
  'no-qr': switchFlag('only the letters of the code, without the picture'),
  history: switchFlag('print the digits with the word that gives the history too'),
  data: chatFlags.data,
} as const;

export type LinkOptions = FlagValues<typeof linkFlags>;
