// Views of files in a real browser, over made-up transfers: nothing is shown because of its name or because of what the
// sender says, and a name is only a name.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { browserTests, openScript } from '../support/browser.ts';
import { eventually } from '../support/time-limit.ts';

const png = [
  ...Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
];
const bytesOf = (text: string): readonly number[] => [...Buffer.from(text)];

/** Calls `tested.NAME(...args)` of pages/file-views.tsx. */
async function call(page: Page, name: string, ...args: readonly unknown[]): Promise<unknown> {
  return page.evaluate(`tested.${name}(...${JSON.stringify(args)})`);
}

async function opened(t: TestContext): Promise<Page> {
  // A picture that is none says so in the console of some versions.
  const page = await openScript(t, 'file-views.tsx');
  await page.getByLabel('Write').waitFor();
  return page;
}

const shown = 'main img, main audio, main video, main iframe, main object, main embed, main svg';

/** Waits until an expression is true. The page's own policy lets no script of a waiting function evaluate it. */
function becomes(page: Page, expression: string): Promise<void> {
  return eventually(() => page.evaluate<boolean>(expression), expression);
}

browserTests('files in a page', () => {
  test('a picture is shown with the type of its bytes, and its address ends with it', async (t) => {
    const page = await opened(t);
    await call(page, 'receive', 'cat.svg', png, 'image/svg+xml');
    const picture = page.getByRole('img', { name: 'cat.svg' });
    await picture.waitFor();
    await becomes(page, 'document.querySelector("img")?.naturalWidth === 1');
    await page.getByRole('button', { name: 'Enlarge cat.svg' }).waitFor();
    await call(page, 'leave');
    await becomes(page, 'tested.live.length === 0');
  });

  test('nothing else is shown, whatever it is called and whatever type it says', async (t) => {
    const page = await opened(t);
    for (const [name, text, type] of [
      [
        'cat.png',
        '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1"/>',
        'image/png',
      ],
      ['cat.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
      ['page.html', '<!doctype html><script>document.title=1</script>', 'text/html'],
      ['paper.pdf', '%PDF-1.7', 'application/pdf'],
      ['song.mp3', 'MZ\0\0', 'audio/mpeg'],
    ] as const) {
      await call(page, 'receive', name, bytesOf(text), type);
      const button = page.getByRole('button', { name: `Save ${name}` });
      const [saved] = await Promise.all([page.waitForEvent('download'), button.click()]);
      assert.equal(saved.suggestedFilename(), name);
      assert.equal(await page.locator(shown).count(), 0, name);
    }
  });

  test('a picture that is none, or would fill the memory, is not drawn', async (t) => {
    const page = await opened(t);
    const broken = [...png];
    // A depth that there is not.
    broken[24] = 99;
    await call(page, 'receive', 'broken.png', broken, 'image/png');
    await page.getByText('It cannot be shown').waitFor();
    const large = [...png];
    large.splice(16, 8, 0, 1, 0, 0, 0, 1, 0, 0);
    await call(page, 'receive', 'bomb.png', large, 'image/png');
    await page.getByRole('button', { name: 'Show the picture' }).waitFor();
    assert.equal(await page.locator(shown).count(), 0);
  });

  test('pictures that move wait to be asked for where motion is not wanted', async (t) => {
    const page = await opened(t);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const gif = bytesOf(
      Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64').toString('latin1'),
    );
    await call(page, 'receive', 'dance.gif', gif, 'image/gif');
    await page.getByRole('button', { name: 'Show the picture' }).waitFor();
    assert.equal(await page.locator(shown).count(), 0);
  });

  test('a name is text, of any length and in any direction', async (t) => {
    const page = await opened(t);
    const name = `\u202Egnp.<img src=x onerror=alert(1)>${'long'.repeat(60)}\u05E9\u05DC.exe`;
    await call(page, 'show', {
      name,
      state: { phase: 'asking', why: 'stranger' },
      size: 5_000_000,
    });
    const strip = page.getByRole('region', { name: 'Files on their way' });
    await strip.getByText('you have never written to them').waitFor();
    const text = await strip.innerText();
    assert.ok(text.includes('<img src=x onerror=alert(1)>') && text.includes('.exe'));
    assert.ok(!text.includes('\u202E'));
    assert.equal(await page.locator(shown).count(), 0);
    await strip.getByRole('button', { name: 'Accept' }).click();
    await strip.getByRole('button', { name: 'Decline' }).click();
    await call(page, 'show', { name: 'plan.pdf', size: 100, doneBytes: 43 });
    await strip.getByText('43 %').waitFor();
    assert.equal(await strip.getByRole('progressbar').getAttribute('value'), '43');
    await strip.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual(await page.evaluate('tested.sent'), ['accept 1', 'decline 1', 'cancel 1']);
  });

  test('files are chosen, dropped and pasted, looked at, and sent; text beside a picture stays text', async (t) => {
    const page = await opened(t);
    const tray = page.getByRole('list', { name: 'To be sent' });
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Send files' }).click(),
    ]);
    await chooser.setFiles([{ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') }]);
    await call(page, 'give', 'drop', 'b.png', png);
    await call(page, 'give', 'paste', 'image.png', png);
    await call(page, 'give', 'paste', 'image.png', png, 'a table');
    await tray.getByRole('img').nth(1).waitFor();
    assert.equal(await tray.getByRole('listitem').count(), 3);
    await tray.getByRole('button', { name: 'Do not send a.txt' }).click();
    await call(page, 'send');
    const sent = (await page.evaluate('tested.sent')) as readonly string[];
    assert.equal(sent[0], 'picked/1/b.png');
    assert.match(sent[1] ?? '', /^picked\/1\/picture \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/);
    assert.equal(sent.length, 2);
    await tray.waitFor({ state: 'detached' });
    // Where the server could read it, nothing is taken.
    await call(page, 'goTo', 'group', 'open');
    await call(page, 'give', 'drop', 'b.png', png);
    await page.getByText('so that the server cannot read them').waitFor();
    assert.equal(await tray.count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Send files' }).count(), 0);
  });
});
