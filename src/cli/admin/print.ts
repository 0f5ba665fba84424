// The server's answers, as text for the operator.
import { formatBytes } from '../../client/wording/amounts.ts';
import type {
  AdminBans,
  AdminCheck,
  AdminStatus,
  AdminUsage,
  AdminUser,
} from '../../server/admin/messages.ts';

/** Date and time to the minute, in UTC, so that it is the same on every machine. */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A table of accounts, or a sentence if there are none. */
export function formatUsers(users: readonly AdminUser[]): string {
  if (users.length === 0) return 'There are no accounts yet.\n';
  const amount = (bytes = 0) => (bytes === 0 ? '' : formatBytes(bytes));
  const rows = users.map(
    ({ name, device, devices = 1, createdAt, banned, waitingBytes, quotaUsed, connections }) => [
      name,
      formatTime(createdAt),
      connections === 0 ? 'away' : connections === 1 ? 'here' : `here, ${connections} times`,
      device === undefined ? 'reset' : deviceWords(device, devices),
      amount(waitingBytes),
      amount(quotaUsed),
      banned ? 'banned' : '',
    ],
  );
  return table([['NAME', 'SINCE', 'NOW', 'DEVICE', 'WAITS', 'QUOTA', ''], ...rows]);
}

/** The first device, and how many others there are. */
function deviceWords(first: string, devices: number): string {
  const key = first.slice(0, 16);
  return devices > 1 ? `${key} and ${devices - 1} more` : key;
}

export function formatStatus(status: AdminStatus): string {
  const { version, pid, startedAt, addresses, pages = [] } = status;
  const { accounts, accountsOnline, connections } = status;
  const { storing, waitingBytes, guestQuotaUsed = 0, disk } = status;
  return table([
    ['helo', `${version}, process ${pid}, since ${formatTime(startedAt)}`],
    ...addresses.map((address) => ['address', address]),
    ...pages.map((link) => ['page', link]),
    ['accounts', `${accounts}, ${accountsOnline} of them here`],
    ['connections', `${connections}`],
    ['store', storing ? 'works' : 'FAILING: nothing more is kept, see the log'],
    ...(waitingBytes === undefined
      ? []
      : [['waiting', `${formatBytes(waitingBytes)} of private messages`]]),
    ...(guestQuotaUsed === 0
      ? []
      : [['guests', `${formatBytes(guestQuotaUsed)} of their quota is used`]]),
    ...(disk === undefined ? [] : [['disk', formatDisk(disk)]]),
  ]);
}

function formatDisk({ free, reserve }: NonNullable<AdminStatus['disk']>): string {
  const room = `${formatBytes(free)} free; nothing new is kept below ${formatBytes(reserve)}`;
  return free >= reserve ? room : `NEARLY FULL: ${room}`;
}

/** Who uses how much, the largest first. */
export function formatUsage({
  conversations,
  writers,
  files = [],
  blobs = [],
}: AdminUsage): string {
  const rows = (found: AdminUsage['writers']) =>
    found.map(({ name, messages, bytes }) => [name, `${messages}`, formatBytes(bytes)]);
  const said =
    conversations.length === 0
      ? []
      : [
          ['CONVERSATION', 'MESSAGES', 'BYTES'],
          ...rows(conversations),
          [''],
          ['WRITTEN BY', 'MESSAGES', 'BYTES'],
          ...rows(writers),
        ];
  const ofFiles = (titles: readonly string[], found: typeof files) => {
    const kept = found.map(({ name, files, bytes }) => [name, `${files}`, formatBytes(bytes)]);
    return kept.length === 0 ? [] : [[...titles, 'BYTES'], ...kept];
  };
  const parts = [
    said,
    ofFiles(['FILES OF', 'FILES'], files),
    ofFiles(['BACKUP OF', 'BLOBS'], blobs),
  ].filter(({ length }) => length > 0);
  if (parts.length === 0) return 'Nothing is kept of what was said.\n';
  return table(parts.flatMap((part, at) => (at === 0 ? part : [[''], ...part])));
}

/** Banned accounts, then addresses, each with the reason and the end. */
export function formatBans({ accounts, addresses }: AdminBans): string {
  if (accounts.length + addresses.length === 0) return 'Nobody is banned.\n';
  return table([
    ['BANNED', 'BECAUSE OF', 'UNTIL'],
    ...accounts.map((name) => [name]),
    ...addresses.map(({ address, because = '', until }) => [
      address,
      because,
      until === undefined ? '' : formatTime(until),
    ]),
  ]);
}

/** The damaged places, one per line. */
export function formatCheck({ damages, messages }: AdminCheck): string {
  const lines = damages.map(({ table, name, first, last, what }) =>
    name === undefined ? `${table}: ${what}` : `${name}, ${first} to ${last}: ${what}`,
  );
  return `${[...lines, `${messages} messages are whole.`].join('\n')}\n`;
}

/** The code of an invite, and what to tell the person who gets it. */
export function formatInvite(
  code: string,
  expiresAt: number,
  {
    addresses,
    links,
  }: { readonly addresses: readonly string[]; readonly links: readonly string[] },
  name?: string,
): string {
  const as = `--name ${name ?? 'NAME'}`;
  const commands = addresses.map(
    (address) => `  helo chat --server ${quotedForShell(address)} ${as}`,
  );
  return [
    name === undefined
      ? `A code for one account, good until ${formatTime(expiresAt)}. It is shown only now:`
      : `A code for ${name} alone, good until ${formatTime(expiresAt)}. Nobody else gets the name until then. The code is shown only now:`,
    `  ${code}`,
    'Whoever gets it types this, and the code when asked for it:',
    ...(commands.length > 0 ? commands : [`  helo chat --server ADDRESS ${as}`]),
    ...(links.length === 0
      ? []
      : ['Or opens this in a browser, with the code in it:', ...links.map((link) => `  ${link}`)]),
    '',
  ].join('\n');
}

/** What the operator gives to a person whose device was reset. */
export function formatReset(
  name: string,
  { code, expiresAt }: { readonly code: string; readonly expiresAt: number },
): string {
  return [
    `The device that logs in as ${name} with this code is taken for theirs. Others will be told that the key has changed.`,
    `The code is good for ${name} alone, until ${formatTime(expiresAt)}. It is shown only now:`,
    `  ${code}`,
    '',
  ].join('\n');
}

/** Some shells treat bare brackets as a pattern of file names. */
function quotedForShell(address: string): string {
  return address.includes('[') ? `'${address}'` : address;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
