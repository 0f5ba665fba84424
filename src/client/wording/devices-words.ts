// The texts of `/devices`, for lines and the screen: this device and its server, or another person's device as this one
// knows it, and what to do next. The form of the keys does not replace `/verify`: its number is what two people
// compare; the key here only tells one device from another.

import type { ChatClient } from '../chat-client.ts';
import { refuseCommand, type CommandRefusal } from '../command-refusal.ts';
import type { OwnDevice, PeerDevice } from '../encryption/trust/devices.ts';
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
  const { key, file, as, programs, serverIdentity, serverCertificate } = own;
  const lines = [`this device, as ${me}: key ${formatFingerprint(key)}`];
  if (file !== undefined) {
    lines.push(`  there since ${dayOf(file.since)}, kept in ${harmless(file.path)}`);
  }
  if (as === 'guest') {
    lines.push(
      '  you are a guest: the name is yours until you leave, and nothing ties it to the key',
    );
  } else {
    lines.push(
      '  an account has one device at present: no other can log in to it, and a lost key is lost',
    );
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
  const { key, standing, since, other } = peer;
  const on = since === undefined ? '' : ` on ${dayOf(since)}`;
  const known = `the device of ${user}: key ${formatFingerprint(key)}`;
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
