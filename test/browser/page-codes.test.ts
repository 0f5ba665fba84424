// QR codes on the page: what one draws the other one reads, by the camera or from a picture, and a code of somebody else does
// nothing.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeQR } from 'qr';
import { safetyContent } from '../../src/client/scanned-code.ts';
import { browserTests, openProfile } from '../support/browser.ts';
import { enterPage, isConnected, type PagePerson } from '../support/page-person.ts';
import { startPageServer, type PageServer } from '../support/page-server.ts';
import { temporaryFolder } from '../support/temporary.ts';

async function compareKeys({ page, dialog }: PagePerson, other: string): Promise<string> {
  await page.getByLabel(/^Write /).fill(`/verify ${other} qr`);
  await page.keyboard.press('Enter');
  const digits = await dialog.locator('.digits').innerText();
  return digits.replaceAll(/\s+/g, ' ').trim();
}

/** What a telephone would take of that code. */
async function photograph({ page }: PagePerson): Promise<Buffer> {
  await page.locator('.qr path[d^=M]').waitFor({ state: 'attached' });
  return page.locator('.qr').screenshot();
}

async function give({ page }: PagePerson, buffer: Buffer, mimeType = 'image/png'): Promise<void> {
  await page
    .getByLabel(/^A picture of the code/)
    .setInputFiles({ name: 'picture', mimeType, buffer });
}

const pictureOf = (content: string): Buffer =>
  Buffer.from(encodeQR(content, 'gif', { scale: 5, border: 4 }));

/** Moving pictures of a code, uncompressed: one frame, which a camera shows again and again. */
function film(content: string): Buffer {
  const [width, height, scale] = [320, 240, 4];
  const rows = encodeQR(content, 'raw', { ecc: 'medium', border: 4 });
  const luma = Buffer.alloc(width * height, 235);
  for (const [y, row] of rows.entries()) {
    for (const [x, isDark] of row.entries()) {
      if (!isDark) continue;
      for (let line = 0; line < scale; line++) {
        const at = (y * scale + line + 20) * width + x * scale + 60;
        luma.fill(16, at, at + scale);
      }
    }
  }
  const chroma = Buffer.alloc((width * height) / 2, 128);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, chroma]);
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  return Buffer.concat([head, ...Array.from({ length: 10 }, () => frame)]);
}

async function meet(server: PageServer): Promise<[PagePerson, PagePerson]> {
  const alice = await enterPage(server, 'alice');
  const bob = await enterPage(server, 'bob');
  await alice.say('/msg bob for you alone');
  await bob.open('alice');
  await bob.said('for you alone').waitFor();
  return [alice, bob];
}

browserTests('codes on the page', () => {
  test('a picture of the other one’s number verifies, and nothing else does', async (t) => {
    const server = await startPageServer(t);
    const [alice, bob] = await meet(server);
    const digits = await compareKeys(alice, 'bob');
    assert.equal(await compareKeys(bob, 'alice'), digits);
    const { dialog } = bob;
    const refused: readonly [content: string, words: string][] = [
      [safetyContent(digits.replace(/\d/, (one) => `${(Number(one) + 1) % 10}`)), 'NOT THE SAME'],
      [`${safetyContent(digits)} `, 'That code is no safety number'],
      ['HELO:/link', 'That code is no safety number'],
      ['javascript:alert(1)//<img src=x onerror=alert(1)>', 'That code is no safety number'],
    ];
    for (const [content, words] of refused) {
      await give(bob, pictureOf(content), 'image/gif');
      await dialog.getByRole('alert').getByText(words).waitFor();
      await dialog.getByText('You have not verified it yet.').waitFor();
    }
    await give(bob, Buffer.from('no picture'));
    await dialog.getByText('No code was found in that picture.').waitFor();
    await give(bob, await photograph(alice));
    await dialog.getByText('You have verified it.').waitFor();
    await dialog.getByText('alice is verified').waitFor();
    assert.equal(await dialog.getByRole('alert').innerText(), '');
  });

  test('the camera reads the number of somebody else, who is not verified by it, and is off afterwards', async (t) => {
    const folder = await temporaryFolder(t);
    const camera = join(folder, 'camera.y4m');
    const digits = Array.from({ length: 12 }, () => '27182').join(' ');
    await writeFile(camera, film(safetyContent(digits)));
    // What was opened first ends first: before the server.
    const profile = await openProfile(t, { camera });
    const server = await startPageServer(t);
    const bob = await enterPage(server, 'bob');
    const alice = await enterPage({ ...server, profile: () => Promise.resolve(profile) }, 'alice');
    await bob.say('/msg alice for you alone');
    await alice.open('bob');
    await alice.said('for you alone').waitFor();
    await compareKeys(alice, 'bob');
    await alice.dialog.getByRole('button', { name: 'Scan with the camera' }).click();
    await alice.dialog.getByRole('alert').getByText('NOT THE SAME').waitFor();
    await alice.dialog.locator('video').waitFor({ state: 'detached' });
    await alice.dialog.getByText('You have not verified it yet.').waitFor();
  });

  test('a browser becomes a device by a picture of its code, given to a page that the person has already', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const page = await (await server.profile()).newPage();
    await page.goto(server.url);
    await page.getByLabel('Your name here').fill('alice');
    await page.getByRole('button', { name: 'link this browser to it' }).click();
    const picture = await photograph({ ...alice, page });
    await alice.page.getByRole('button', { name: 'Settings' }).click();
    await alice.dialog.getByRole('button', { name: 'devices' }).click();
    await give(alice, pictureOf('https://evil.example'), 'image/gif');
    await alice.dialog.getByText('That is not the code of a new device').waitFor();
    await give(alice, picture);
    await alice.dialog.getByText('wants to be a device of your account').waitFor();
    await page.getByText('the other device asks for these digits').waitFor();
    const digits = await page.locator('.to-type').innerText();
    await alice.dialog
      .getByLabel(/^Code that a new device shows/)
      .fill(digits.slice('/link '.length));
    await alice.dialog.getByRole('button', { name: 'Take it in' }).click();
    await isConnected(page);
  });
});
