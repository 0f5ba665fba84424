// Carries out the acts of a step when its turn has come.

import type { ConnectionId, Repeated, TransferPlan } from '../../hub/effects.ts';
import { invariant, unreachable } from '../../lib/invariant.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { RelaySupervisor } from '../files/relay-supervisor.ts';
import type { Heartbeat } from '../heartbeat.ts';
import type { Presence } from '../presence.ts';
import type { Act } from './acts.ts';

/** What acts change. */
export interface ActTargets {
  readonly delivery: Delivery;
  readonly heartbeat: Heartbeat;
  readonly files: RelaySupervisor;
  readonly presence: Presence;
  /** Answers a repeat. */
  readonly answerRepeat: (to: ConnectionId, repeated: Repeated) => void;
}

/** Carries out one act. */
export function carryOut(act: Act, world: ActTargets): void {
  const { delivery, heartbeat, files, presence } = world;
  switch (act.type) {
    case 'send':
    case 'acknowledge':
      delivery.send(act.to, act.line);
      return;
    case 'say': {
      const { audience, lines, except, to } = act;
      if (audience !== undefined) delivery.deliver(audience, lines, except);
      if (lines.extended !== undefined) {
        for (const connection of to) delivery.send(connection, lines.extended);
      }
      return;
    }
    case 'answerRepeat':
      world.answerRepeat(act.to, act.repeated);
      return;
    case 'do':
      act.job();
      return;
    case 'presence':
      presence.changed(act.person);
      return;
    case 'join':
      delivery.join(act.audience, act.connection, act.form);
      return;
    case 'leave':
      delivery.leave(act.audience, act.connection);
      return;
    case 'close':
      heartbeat.remove(act.connection);
      delivery.close(act.connection);
      return;
    case 'openTransfer':
      files.open(act.plan, origins(act.plan, delivery));
      return;
    case 'closeTransfer':
      files.close(act.transfer);
      return;
    case 'openKept': {
      const home = delivery.originOf(act.plan.connection);
      invariant(home, 'ports are opened for open connections');
      files.openKept(act.plan, home);
      return;
    }
    case 'closeKept':
      files.closeKept(act.transfer);
      return;
    case 'removeKept':
      files.removeKept(act.id);
      return;
    default:
      unreachable(act);
  }
}

function origins(plan: TransferPlan, delivery: Delivery) {
  const sender = delivery.originOf(plan.sender.connection);
  const receiver = delivery.originOf(plan.receiver.connection);
  invariant(sender && receiver, 'files are opened between open connections');
  return { sender, receiver };
}
