// The account of a command, while other programs may have it open: here, or in one of them over its control socket. A
// socket is there a moment after the account was opened, and a program that has it open may be about to end.
import type { ControlCallerPorts } from '../../client/control/control-caller.ts';
import {
  accountPorts,
  clientPorts,
  type ClientPlace,
  type Login,
} from '../../platform/node/client-ports.ts';
import { callControl, type OpenedCall } from '../../platform/node/control-socket.ts';
import { nodeTimers } from '../../platform/node/runtime.ts';
import type { Username } from '../../wire/text.ts';

export type Reached =
  | { readonly kind: 'own'; readonly login: Login }
  /** `login` has what can be read beside that program. */
  | { readonly kind: 'through'; readonly login: Login; readonly call: OpenedCall }
  /** A program has it that is not heard there, or does not do that. */
  | { readonly kind: 'busy'; readonly login: Login };

export interface ReachWish {
  readonly needsFiles: boolean;
  readonly warn: ControlCallerPorts['warn'];
}

/** How long a program may take from opening an account to hearing others, or to its end. */
const patienceMs = 5_000;
const betweenMs = 50;

/** Rejects with a PrivateFileError if the data directory cannot be used. */
export async function reachAccount(
  username: Username,
  place: ClientPlace,
  { needsFiles, warn }: ReachWish,
): Promise<Reached> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const login = await accountPorts(username, place, undefined);
    if (!login.busy) return { kind: 'own', login };
    const call = await callControl(login.control, warn);
    const greeting = await call?.caller.greeted();
    if (call !== undefined && greeting !== undefined && (greeting.files || !needsFiles)) {
      return { kind: 'through', login, call };
    }
    call?.leave();
    if (greeting?.stays === true || Date.now() >= until) return { kind: 'busy', login };
    await new Promise<void>((resolve) => void nodeTimers.after(betweenMs, resolve));
  }
}

export async function guestLogin(username: Username, place: ClientPlace): Promise<Login> {
  const ports = await clientPorts(username, place);
  return { account: undefined, ports, busy: false, control: undefined };
}
