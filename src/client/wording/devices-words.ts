// The texts of `/devices`, for lines and the screen: the devices of the account, this one and its server, or another
// person's devices as this one knows them, and what to do next. The form of the keys does not replace `/verify`: its
// number is what two people compare; the key here only tells one device from another.

import type { ChatClient } from '../chat-client.ts';
import { refuseCommand, type CommandRefusal } from '../command-refusal.ts';
import type { RevokeReason } from '../../wire/statements/chain-link.ts';
import type { ListedDevice, OwnDevice, PeerDevice } from '../encryption/trust/devices.ts';
import { formatFingerprint } from '../connection/server-address.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { parseUsername } from '../../wire/text.ts';
import { harmless } from './sanitize.ts';

/** The lines about the device of `name`, or about this one. */
export async function tellDevices(
  client: ChatClient,
  name: string | undefined,
): Promise<Result<readonly string[], CommandRefusal>> {
  try {
    if (name === undefined || name === client.username) {
      return ok(ownDevice(client.username, await client.devices.own()));
    }
    const user = parseUsername(name);
    if (user === undefined) return refuseCommand('not-a-username');
    return ok(peerDevice(user, await client.devices.of(user)));
  } catch (cause) {
    // The error names the unreadable file, and says what to do.
    const hint = harmless(cause instanceof Error ? cause.message : String(cause));
    return err({ code: 'unreadable-store', hint });
  }
}

/** The lines about this device. */
export function ownDevice(me: string, own: OwnDevice): readonly string[] {
  const { key, file, as, programs, serverIdentity, serverCertificate, devices = [] } = own;
  const lines = [`this device, as ${me}: key ${formatFingerprint(key)}`];
  if (file !== undefined) {
    lines.push(`  there since ${dayOf(file.since)}, kept in ${harmless(file.path)}`);
  }
  if (as === 'guest') {
    lines.push(
      '  you are a guest: the name is yours until you leave, and nothing ties it to the key',
    );
  } else if (devices.length <= 1) {
    lines.push(
      '  the only device of the account: with its key the account is lost. /link adds one',
    );
  } else {
    lines.push(`the devices of ${me}:`, ...devices.map(deviceLine));
    lines.push('  /devices revoke N lost|retired|stolen takes one out, for good');
  }
  if (programs !== undefined) lines.push(`  ${programsOf(programs)}`);
  if (serverIdentity !== undefined) {
    lines.push(`the server, as remembered: identity ${formatFingerprint(serverIdentity)}`);
  }
  if (serverCertificate !== undefined) {
    lines.push(`the server's certificate: ${formatFingerprint(serverCertificate)}`);
  }
  lines.push('/devices @user tells what is known of somebody else');
  return lines;
}

function deviceLine({ key, form, since, seen, isHere, isThis }: ListedDevice, at: number): string {
  const last = isHere ? 'here now' : seen === undefined ? 'never here' : `last here ${dayOf(seen)}`;
  const from = since === undefined ? '' : `since ${dayOf(since)}, `;
  const mine = isThis ? ', this one' : '';
  return `  ${at + 1}  ${formNames[form ?? 'first']}, ${from}${last}${mine}: ${formatFingerprint(key)}`;
}

const formNames = { terminal: 'terminal', web: 'browser', bot: 'program', first: 'first device' };

/** Takes a device out of the account, by its number in the last list. The sentence about what has become of it. */
export async function revokeWords(
  client: ChatClient,
  number: number,
  why: RevokeReason,
): Promise<Result<string, string>> {
  const key = await client.devices.numbered(number).catch(() => undefined);
  if (key === undefined)
    return err('there is no such device: /devices lists them with their numbers');
  const done = await client.revokeDevice(key, why);
  if (done.ok) return ok(`device ${number} is none of yours any more: it cannot log in again`);
  switch (done.error.code) {
    case 'gone':
      return err(
        'there is no connection to the server, or it was this device: /devices lists them',
      );
    case 'not-valid':
      return err('the server shows other devices of this account than before: nothing was changed');
    default:
      return err(`the server does not take that now (${done.error.code}): try again later`);
  }
}

function programsOf(programs: number): string {
  if (programs <= 1) return 'no other program is in with it now';
  const others = programs - 1;
  return others === 1
    ? 'one other program of yours is in with it now'
    : `${others} other programs of yours are in with it now`;
}

/** The lines about the device of `user`. */
export function peerDevice(user: string, peer: PeerDevice | undefined): readonly string[] {
  if (peer === undefined) {
    return [
      `no key of ${user} is known here: you have not exchanged a private message yet`,
      `  @${user} TEXT writes one; the key that answers is remembered`,
    ];
  }
  const { key, standing, since, other, count } = peer;
  const on = since === undefined ? '' : ` on ${dayOf(since)}`;
  const of =
    count === 1 ? `the device of ${user}` : `the ${count} devices of ${user}, by the first one`;
  const known = `${of}: key ${formatFingerprint(key)}`;
  switch (standing) {
    case 'compared':
      return [known, `  compared by you${on}: you will be warned should it ever change`];
    case 'seen':
      return [
        known,
        `  seen first${on}, not compared: /verify @${user} shows the number to compare`,
      ];
    case 'changed':
      return [
        known,
        `  CHANGED: the server now gives ${other === undefined ? 'another' : formatFingerprint(other)}`,
        `  ask ${user} another way whether they have a new device. /verify @${user} shows its number,`,
        `  /trust @${user} takes it, /distrust @${user} keeps to the one known`,
      ];
  }
}

/** `2026-11-23`, in local time. */
function dayOf(at: number): string {
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
