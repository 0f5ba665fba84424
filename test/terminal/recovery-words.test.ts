// Recovery words that are typed for /recovery new, among lines and on the full screen: they are shown nowhere, and no
// file has them.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { keys, openTerminal } from '../support/terminal.ts';

const strange = `${'abandon '.repeat(11)}about`;

for (const view of ['--plain', ''] as const) {
  test(`the words that are typed are shown nowhere and kept nowhere: ${view || 'the full screen'}`, async (t) => {
    const { plain } = await startServerProgram(t);
    const data = await temporaryFolder(t);
    const at = `--server ${plain.host}:${plain.port} --name alice --data ${data}`;
    const size = { columns: 120, rows: 40 };
    const terminal = await openTerminal(t, `helo chat ${view} ${at}`, size);
    await terminal.shows(view === '' ? '● connected' : 'what you type goes to everybody');
    terminal.type('/recovery', keys.enter);
    await terminal.shows('Write these twelve words');
    terminal.type('/recovery new', keys.enter);
    await terminal.shows(view === '' ? '0 typed' : 'They are not shown as you type');
    terminal.type(strange, keys.enter);
    await terminal.shows('nothing was changed');
    // Neither is it in the history of the input.
    terminal.type(keys.up);
    await terminal.shows('> /recovery new');
    assert.doesNotMatch(terminal.lines().join('\n'), /abandon/);
    for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      // Of a file that is gone by now nothing is kept.
      const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.of());
      assert.ok(!bytes.includes('abandon'), entry.name);
    }
  });
}
