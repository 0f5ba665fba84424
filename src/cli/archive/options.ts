// The flags of `helo export` and `helo import`. A flag overrides a variable, a variable the default.
import { chatFlags, serverFlag } from '../chat/options.ts';
import { oneOf } from '../flags/decoders.ts';
import { optionalFlag, type FlagValues } from '../flags/table.ts';

export const importFlags = {
  server: serverFlag,
  name: { ...chatFlags.name, shownDefault: undefined },
  data: chatFlags.data,
} as const;

export const exportFlags = {
  ...importFlags,
  format: optionalFlag({
    value: 'FORMAT',
    decode: oneOf(['json', 'text']),
    shownDefault: 'json',
    help: 'json has all of it, text is for people (.txt)',
  }),
} as const;

export type ImportOptions = FlagValues<typeof importFlags>;
export type ExportOptions = FlagValues<typeof exportFlags>;
