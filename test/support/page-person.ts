// A person in front of the page of a real server, in a browser with a profile of its own. Looks for what a person sees
// or hears: labels, names of buttons, words.
import type { BrowserContext, Locator, Page } from 'playwright-core';
import type { PageServer } from './page-server.ts';

export interface PagePerson {
  readonly page: Page;
  readonly profile: BrowserContext;
  readonly name: string;
  /** Opens a conversation from the list. */
  readonly open: (name: string) => Promise<void>;
  /** Types a text into the open conversation and sends it. */
  readonly say: (text: string) => Promise<void>;
  /** The messages of the open conversation with that text in them. */
  readonly said: (text: string) => Locator;
  /** The notices there with that text in them. */
  readonly told: (text: string | RegExp) => Locator;
  /** The entry of a conversation in the list that says so many unread. */
  readonly unread: (name: string, count: number) => Locator;
  /** Those words about who can read the open conversation. */
  readonly protection: (words: string) => Locator;
  /** The dialogue that is open. */
  readonly dialog: Locator;
}

export interface EntryWishes {
  /** Behind the address: `#invite=CODE`. */
  readonly hash?: string;
  readonly code?: string;
}

/** Opens the page of `server` and enters as `name`; resolves when the page says that it is connected. */
export async function enterPage(
  server: PageServer,
  name: string,
  { hash = '', code }: EntryWishes = {},
): Promise<PagePerson> {
  const profile = await server.profile();
  const page = await profile.newPage();
  await page.goto(`${server.url}${hash}`);
  await page.getByLabel('Your name here').fill(name);
  if (code !== undefined) await page.getByLabel('Invite code').fill(code);
  await page.getByRole('button', { name: 'Enter', exact: true }).click();
  await isConnected(page);
  return personAt(page, profile, name);
}

/** Opens the page again in a profile that has an account here. */
export async function pageAgain(
  { profile, name }: PagePerson,
  server: PageServer,
): Promise<PagePerson> {
  const page = await profile.newPage();
  await page.goto(server.url);
  await isConnected(page);
  return personAt(page, profile, name);
}

/** Resolves when the page says that it is connected. */
export async function isConnected(page: Page): Promise<void> {
  await page.locator('.status').getByText('connected', { exact: false }).first().waitFor();
}

/** A person who is in already. */
export function personAt(page: Page, profile: BrowserContext, name: string): PagePerson {
  const list = page.getByRole('navigation', { name: 'Conversations' });
  return {
    page,
    profile,
    name,
    open: (other) => list.getByRole('button', { name: new RegExp(`\\b${other}\\b`) }).click(),
    say: async (text) => {
      const input = page.getByRole('textbox', { name: /^Write / });
      await input.fill(text);
      await input.press('Enter');
    },
    said: (text) => page.locator('.said', { hasText: text }),
    told: (text) => page.locator('.notice', { hasText: text }),
    unread: (other, count) =>
      list.getByRole('button', { name: new RegExp(`\\b${other}\\b.*\\b${count} unread`) }),
    protection: (words) => page.locator('.head').getByText(words),
    dialog: page.getByRole('dialog'),
  };
}
