// The flags of `helo admin`, `helo backup` and `helo restore`.
import { err, ok } from '../../lib/result.ts';
import { path } from '../flags/decoders.ts';
import { derivedFlag, flag, switchFlag, type Decoder, type FlagValues } from '../flags/table.ts';
import { usualServerData } from '../../platform/node/xdg.ts';

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const longestMs = 365 * units.d;

/** A time such as `90m`, `12h` or `7d`, in milliseconds. */
export const duration: Decoder<number> = (text) => {
  const [, digits, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const value = Number(digits) * units[unit as keyof typeof units];
  return value > 0 && value <= longestMs
    ? ok(value)
    : err('a time such as 90m, 12h or 7d, at most 365d');
};

/** The server's data directory. */
export const dataFlag = derivedFlag({
  value: 'DIR',
  decode: path,
  shownDefault: '~/.local/share/helo/server',
  absent: usualServerData,
  help: "the server's data directory",
});

export const adminFlags = {
  data: dataFlag,
  expires: flag({
    value: 'TIME',
    decode: duration,
    default: '7d',
    help: 'how long an invite is good',
  }),
  yes: switchFlag('remove without being asked'),
  'no-qr': switchFlag('an invite as text alone, without a QR code'),
  json: switchFlag('answers for programs: JSON'),
} as const;

export type AdminOptions = FlagValues<typeof adminFlags>;

export const backupFlags = {
  data: dataFlag,
  'even-damaged': switchFlag('copy what is whole of a damaged database'),
} as const;

export const restoreFlags = {
  data: dataFlag,
  replace: switchFlag('put it in place of what is there, which is kept beside it'),
} as const;
