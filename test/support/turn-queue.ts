// People who all want to commit to one sealed group at the same moment, in virtual time, with the server's turns.

import assert from 'node:assert/strict';
import type { AccountId } from '../../src/hub/records.ts';
import { Turns } from '../../src/hub/groups/sealed/turns.ts';

/** How many attempts it takes, and how long, until all have committed who want to at the same moment. */
export function settle(people: number, delayMs: number): { attempts: number; ms: number } {
  const turns = new Turns();
  let commits = 0;
  let attempts = 0;
  let ms = 0;
  /** When each tries, and the commit that it knows then. */
  const queue = Array.from({ length: people }, (_, at) => ({
    account: (at + 1) as AccountId,
    arrives: delayMs,
    seen: 0,
  }));
  const landed: number[] = [];
  while (queue.length > 0) {
    queue.sort((one, other) => one.arrives - other.arrives);
    const next = queue.shift();
    assert.ok(next);
    attempts++;
    ms = next.arrives;
    const isCurrent = next.seen === commits;
    if (isCurrent && turns.mayCommit(next.account, ms)) {
      turns.committed(next.account);
      commits++;
      landed.push(ms);
      continue;
    }
    // It builds its commit when its turn begins, on what it has heard of by then.
    const builds = ms + turns.wait(next.account, ms);
    queue.push({ account: next.account, arrives: builds + delayMs, seen: -1 });
    // What lands meanwhile is known once it has landed; looked up when the attempt arrives.
    const own = queue.at(-1);
    assert.ok(own);
    Object.defineProperty(own, 'seen', {
      get: () => landed.filter((at) => at <= own.arrives - delayMs).length,
    });
  }
  assert.equal(commits, people);
  return { attempts, ms };
}
