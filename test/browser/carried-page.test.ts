// The page of `helo web` in a browser: it says whom one trusts with it, and its chat is bound to the connection over TLS.
import { test } from 'node:test';
import { browserTests, openProfile } from '../support/browser.ts';
import { startServerProgram } from '../support/program.ts';
import { startWeb } from '../support/web-page.ts';

browserTests('the page of helo web', () => {
  test('says that it comes from this machine, and carries a chat to a server over TLS', async (t) => {
    // Closed first, before the server is gone.
    const profile = await openProfile(t);
    const { tls } = await startServerProgram(t, {
      args: [
        '--tls-port',
        '0',
        '--tls-host',
        '127.0.0.1',
        '--web',
        'off',
        '--registration',
        'open',
      ],
    });
    const server = `tls://${tls.host}:${tls.port}`;
    const web = await startWeb(t, server);
    const page = await profile.newPage();
    await page.goto(`http://127.0.0.1:${web.port}/`);
    await page.getByText('comes from the program helo web on this machine').waitFor();
    await page.getByLabel('Your name here').fill('alice');
    await page.getByRole('button', { name: 'Enter', exact: true }).click();
    await page.getByText(`${server} (TLS)`).waitFor();
    await page.getByRole('textbox', { name: 'Write to everybody' }).fill('hello over TLS');
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByText('hello over TLS').waitFor();
  });
});
