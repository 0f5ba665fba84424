// A real server with its page, and profiles of browsers that end before it does: a page whose server has gone says so in
// its console, which would fail the test.
import type { TestContext } from 'node:test';
import type { BrowserContext } from 'playwright-core';
import { openProfile } from './browser.ts';
import { startServerProgram, webArgs, type Listener } from './program.ts';

export interface PageServer {
  /** The page, for browsers. */
  readonly url: string;
  /** For other programs. */
  readonly plain: Listener;
  /** A profile of its own, as of a person who has never been here. */
  readonly profile: () => Promise<BrowserContext>;
}

export async function startPageServer(
  t: TestContext,
  args: readonly string[] = [],
): Promise<PageServer> {
  const profiles: BrowserContext[] = [];
  // What was registered first ends first.
  t.after(() => Promise.all(profiles.map((profile) => profile.close())));
  const { web, plain } = await startServerProgram(t, { args: [...webArgs, ...args] });
  const profile = async (): Promise<BrowserContext> => {
    const opened = await openProfile(t);
    profiles.push(opened);
    return opened;
  };
  return { url: `http://127.0.0.1:${web.port}/`, plain, profile };
}
