// What `helo admin` can do: each act asks the server and turns its answer into text.
import { join } from 'node:path';
import * as v from 'valibot';
import { err, ok, type Result } from '../../lib/result.ts';
import {
  bans,
  check,
  status,
  userList,
  type AdminCheck,
  type AdminRequest,
  type AdminStatus,
} from '../../server/admin/messages.ts';
import { lookAt } from '../../store/sqlite/open.ts';
import { createInvite, inviteHash } from '../../server/login/invite.ts';
import { systemReason } from '../../lib/system-error.ts';
import { printedPicture } from '../../terminal/qr-picture.ts';
import { databaseFile } from '../serve/database-file.ts';
import { inviteLink } from '../serve/page-links.ts';
import { exitCodes } from '../exit-codes.ts';
import { parseUsername } from '../../wire/text.ts';
import { quoted, systemFailure, usageFailure, type Failure } from '../failure.ts';
import { askServer } from './ask.ts';
import { askLine, confirm } from './confirm.ts';
import type { AdminOptions } from './options.ts';
import {
  formatBans,
  formatCheck,
  formatInvite,
  formatReset,
  formatStatus,
  formatUsage,
  formatUsers,
} from './print.ts';

/** The text that an act prints on stdout, or its failure. */
type Told = Result<string, Failure>;

type NamedAct = Extract<AdminRequest, { readonly name: string }>['act'];

interface Act {
  /** The argument after its name. */
  readonly takes: 'nothing' | 'NAME' | '[NAME]';
  /** What to do instead, if the arguments are wrong. */
  readonly hint?: string;
  readonly summary: string;
  readonly run: (options: AdminOptions, argument: string) => Promise<Told>;
}

export const acts: Readonly<Record<string, Act>> = {
  users: {
    takes: 'nothing',
    summary: 'who has an account',
    run: async (options) => {
      const users = await ask(options, { act: 'users' }, userList);
      return users.ok ? ok(options.json ? json(users.value) : formatUsers(users.value)) : users;
    },
  },
  invite: {
    takes: '[NAME]',
    summary: 'make a one-time code for an account, or for NAME alone',
    run: invite,
  },
  'revoke-invite': {
    takes: 'nothing',
    summary: 'take a code back that was not used; it asks for it',
    hint: 'Others on this machine can read arguments, so a code is typed when asked for, or handed in: helo admin revoke-invite < FILE',
    run: revokeInvite,
  },
  remove: {
    takes: 'NAME',
    summary: 'an account and its private messages, for good',
    run: remove,
  },
  'reset-device': {
    takes: 'NAME',
    summary: 'let somebody in with a new device: theirs is lost',
    run: resetDevice,
  },
  ban: {
    takes: 'NAME',
    summary: 'throw out and keep out an account, or guests of an address',
    run: (options, name) => onAccount(options, 'ban', name, banned(name)),
  },
  unban: {
    takes: 'NAME',
    summary: 'the opposite',
    run: (options, name) => onAccount(options, 'unban', name, `${name} may come in again.`),
  },
  bans: {
    takes: 'nothing',
    summary: 'which accounts and addresses are banned',
    run: async (options) => {
      const found = await ask(options, { act: 'bans' }, bans);
      return found.ok ? ok(options.json ? json(found.value) : formatBans(found.value)) : found;
    },
  },
  status: {
    takes: 'nothing',
    summary: 'how the running server does',
    run: async (options) => {
      const found = await ask(options, { act: 'status' }, status);
      return found.ok ? ok(options.json ? json(found.value) : formatStatus(found.value)) : found;
    },
  },
  usage: {
    takes: 'nothing',
    summary: 'who takes how much of what is kept',
    run: tellUsage,
  },
  check: {
    takes: 'nothing',
    summary: 'look at all that is kept, whether it is damaged',
    run: checkStore,
  },
};

function banned(name: string): string {
  return /[.:]/.test(name)
    ? `${name} is banned: no guest from there is let in, and no new account without a code.`
    : `${name} is banned.`;
}

/** The server's answer to `request`, decoded. */
export async function ask<S extends v.GenericSchema>(
  { data }: { readonly data: string },
  request: AdminRequest,
  schema: S,
): Promise<Result<v.InferOutput<S>, Failure>> {
  const answer = await askServer(data, request);
  if (!answer.ok) return answer;
  const value = v.safeParse(schema, answer.value);
  return value.success
    ? ok(value.output)
    : err(systemFailure('the server gave an answer of another version', 'Start it again.'));
}

/** Asks the server, or checks the file itself if no server runs. Damage is a failure that lists all places. */
async function checkStore(options: AdminOptions): Promise<Told> {
  const found = await lookAtStore(options);
  if (!found.ok) return found;
  const { damages, messages, bytes } = found.value;
  if (damages.length === 0) {
    return ok(
      options.json
        ? json({ damages, messages, bytes })
        : `Nothing is damaged. ${messages} messages are whole.\n`,
    );
  }
  process.stdout.write(
    options.json ? json({ damages, messages, bytes }) : formatCheck(found.value),
  );
  return err(
    systemFailure(
      'the database is damaged',
      'Keep a copy of it, and restore a backup; helo backup --even-damaged copies what is whole.',
    ),
  );
}

async function tellUsage(options: AdminOptions): Promise<Told> {
  const found = await lookAtStore(options);
  if (!found.ok) return found;
  const { usage } = found.value;
  if (usage === undefined) {
    return err(systemFailure('the running server does not know this', 'Start it again.'));
  }
  return ok(options.json ? json(usage) : formatUsage(usage));
}

async function lookAtStore({ data }: AdminOptions): Promise<Result<AdminCheck, Failure>> {
  const asked = await askServer(data, { act: 'check' });
  const found = asked.ok || asked.error.isNoServer !== true ? asked : await lookAtFile(data);
  if (!found.ok) return found;
  const value = v.safeParse(check, found.value);
  return value.success
    ? ok(value.output)
    : err(systemFailure('the server gave an answer of another version'));
}

async function lookAtFile(data: string): Promise<Result<unknown, Failure>> {
  try {
    return ok(await lookAt(join(data, databaseFile), false));
  } catch (error) {
    return err(
      systemFailure(
        error instanceof Error && 'hint' in error
          ? error.message
          : `the database cannot be looked at: ${systemReason(error)}`,
      ),
    );
  }
}

async function invite(options: AdminOptions, argument: string): Promise<Told> {
  const name = argument === '' ? undefined : parseUsername(argument);
  if (argument !== '' && name === undefined) {
    return err(usageFailure(`${quoted(argument)} is no name: letters, digits and underscores`));
  }
  const found: Result<AdminStatus, Failure> = await ask(options, { act: 'status' }, status);
  if (!found.ok) return found;
  const made = await makeInvite(options, name);
  if (!made.ok) return made;
  const { code, expiresAt } = made.value;
  const { addresses, pages = [] } = found.value;
  const links = pages.map((page) => inviteLink(page, code));
  return ok(
    options.json
      ? json({ code, expiresAt, addresses, links, name })
      : formatInvite(code, expiresAt, { addresses, links }, name) + pictureOf(links[0], options),
  );
}

/** The link for a telephone's camera. */
function pictureOf(link: string | undefined, options: AdminOptions): string {
  if (link === undefined || options['no-qr']) return '';
  return printedPicture(link, process.stdout, process.env);
}

/** Makes a code, for the account `name` if given. */
async function makeInvite(options: AdminOptions, name?: string) {
  const code = createInvite();
  const expiresAt = Date.now() + options.expires;
  // The server never sees the code before it is used.
  const request = { act: 'invite', hash: inviteHash(code), expiresAt, name } as const;
  const made = await askServer(options.data, request);
  return made.ok ? ok({ code, expiresAt }) : made;
}

/** Lets a new device log in, and makes the code that it needs, if accounts need codes. */
async function resetDevice(options: AdminOptions, name: string): Promise<Told> {
  const done = await askServer(options.data, { act: 'reset-device', name });
  if (!done.ok) return done;
  const made = await makeInvite(options, name);
  if (!made.ok) return made;
  return ok(options.json ? json({ ok: true, ...made.value }) : formatReset(name, made.value));
}

async function revokeInvite(options: AdminOptions): Promise<Told> {
  const code = (await askLine('The code: '))?.trim() ?? '';
  if (code === '') return err(usageFailure('there is no code to take back'));
  const request = { act: 'revoke-invite', hash: inviteHash(code) } as const;
  return tell(options, request, 'The code is good for nothing now.');
}

async function remove(options: AdminOptions, name: string): Promise<Told> {
  if (!options.yes) {
    const question = `Remove ${quoted(name)} and their private messages for good? Type the name: `;
    if (!process.stdin.isTTY) {
      return err(
        usageFailure('remove cannot be undone, and there is no terminal to ask at', 'Say --yes.'),
      );
    }
    if (!(await confirm(question, name))) {
      return err({
        exitCode: exitCodes.interrupted,
        message: 'nothing was removed',
        hint: undefined,
      });
    }
  }
  return onAccount(options, 'remove', name, `${name} is removed, and the name is free again.`);
}

function onAccount(
  options: AdminOptions,
  act: NamedAct,
  name: string,
  sentence: string,
): Promise<Told> {
  return tell(options, { act, name }, sentence);
}

async function tell(options: AdminOptions, request: AdminRequest, sentence: string): Promise<Told> {
  const answer = await askServer(options.data, request);
  return answer.ok ? ok(options.json ? json({ ok: true }) : `${sentence}\n`) : answer;
}

function json(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
