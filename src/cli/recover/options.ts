// The flags of `helo recover`. A flag overrides a variable, a variable the default.
import { chatFlags, serverFlag } from '../chat/options.ts';
import { path } from '../flags/decoders.ts';
import { optionalFlag, switchFlag, type FlagValues } from '../flags/table.ts';

export const recoverFlags = {
  server: serverFlag,
  name: { ...chatFlags.name, shownDefault: 'none, it is needed', help: 'whose account it is' },
  'revoke-others': switchFlag('all other devices are out for good, as lost'),
  from: optionalFlag({
    value: 'FILE',
    decode: path,
    help: 'a backup that /backup has made: its history comes here',
  }),
  data: chatFlags.data,
} as const;

export type RecoverOptions = FlagValues<typeof recoverFlags>;
