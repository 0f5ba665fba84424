// Files as people send and save them on the page.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import type { PagePerson } from './page-person.ts';

/** A picture of one point. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export interface Sent {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export const catPicture: Sent = { name: 'cat.png', mimeType: 'image/png', buffer: png };

/** Chooses files by the button, as a person does, and sends them. Paths are those of large ones. */
export async function sendFiles(page: Page, files: readonly Sent[] | string): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Send files' }).click(),
  ]);
  await chooser.setFiles(typeof files === 'string' ? files : [...files]);
  await page.getByRole('list', { name: 'To be sent' }).waitFor();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

/** What the browser is given to save. */
export async function savedBy(page: Page, name: string): Promise<Buffer> {
  const button = page.getByRole('button', { name: `Save ${name}` }).last();
  const [saved] = await Promise.all([page.waitForEvent('download'), button.click()]);
  assert.equal(saved.suggestedFilename(), name);
  return readFile(await saved.path());
}

/** The files of the open conversation that are on their way. */
export function onTheirWay({ page }: PagePerson): Locator {
  return page.getByRole('region', { name: 'Files on their way' });
}
