// What Node gives a program while it becomes a device of an account, by linking or by the recovery words: before that it
// has no store.
import { hostname } from 'node:os';
import { maxLabelBytes } from '../../client/linking/messages.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { dial } from './connection.ts';
import { nodeSha256 } from './crypto/crypto-provider-hash.ts';
import { openKnownServers } from './known-servers.ts';
import { nodeClock, nodeRandomBytes, nodeTimers } from './runtime.ts';

export type NodeJoiningPorts = ReturnType<typeof joiningPorts>;

/** The ports of `Joining` and of recovery. `data` is the data directory. */
export function joiningPorts(data: string, suite: Suite) {
  return {
    dial,
    timers: nodeTimers,
    now: nodeClock,
    random: nodeRandomBytes,
    suite,
    knownServers: openKnownServers(data),
    sha256: nodeSha256,
  };
}

/** What its person calls this machine, as far as it fits. */
export function ownLabel(): string {
  return hostname()
    .replaceAll(/[^\w.-]/g, '')
    .slice(0, maxLabelBytes);
}
