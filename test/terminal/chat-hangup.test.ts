// The window of a chat is closed: the terminal is gone, and nothing can be written to it any more.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { openTerminal } from '../support/terminal.ts';

for (const args of ['--plain', '']) {
  test(`a window that is closed ends the chat with 130, tidily: ${args === '' ? 'the full screen' : args}`, async (t) => {
    const { plain } = await startServerProgram(t, { args: ['--ping-interval', '0'] });
    const folder = await temporaryFolder(t);
    const chat = `chat --server ${plain.host}:${plain.port} --name bob ${args}`;
    // The shell outlives the window, and records how the chat ended. The programs that it starts get the signal as
    // usual.
    const command = `trap : HUP; helo ${chat} 2>${folder}/told; echo $? >${folder}/ended`;
    const terminal = await openTerminal(t, command);
    await terminal.shows('connected');
    terminal.closeWindow();
    await terminal.ended;
    assert.equal(await readFile(join(folder, 'ended'), 'utf8'), '130\n');
    assert.doesNotMatch(await readFile(join(folder, 'told'), 'utf8'), /bug|Error/);
  });
}
