// Completion as a person uses it: Tab in the real shells. A shell that is not installed is reported as not tried.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { runProgram } from '../support/program.ts';
import { keys, openTerminal, type TestTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/temporary.ts';

const run = promisify(execFile);

/** Typed text, and all candidates for its last word. */
const table: readonly (readonly [typed: string, candidates: readonly string[]])[] = [
  ['helo se', ['send', 'serve']],
  ['helo ch', ['chat']],
  ['helo serve --log-level ', ['debug', 'error', 'info', 'silent', 'warn']],
  ['helo serve --keep', ['--keep-bytes', '--keep-days', '--keep-messages']],
  ['helo admin re', ['remove', 'reset-device', 'revoke-invite']],
  ['helo admin --data . --json un', ['unban']],
  ['helo admin ban --j', ['--json']],
  ['helo chat --name ', []],
  ['helo chat --p', ['--plain']],
  ['helo chat --data fo', ['folder']],
  ['helo backup --data folder fi', ['file one', 'file two']],
  ['helo send --server tls://h:1 @bob fi', ['file one', 'file two']],
  ['helo send --name fi', []],
  ['helo send fi', []],
  ['helo completion ', ['bash', 'fish', 'zsh']],
  ['helo help res', ['restore']],
];

/** A folder with files to complete, and the script for `shell` in it. */
async function folderFor(t: TestContext, shell: string): Promise<string> {
  const folder = await temporaryFolder(t);
  const { code, stdout } = await runProgram(t, { args: ['completion', shell] });
  assert.equal(code, 0);
  await writeFile(join(folder, 'script'), stdout);
  await mkdir(join(folder, 'folder'));
  for (const name of ['file one', 'file two']) await writeFile(join(folder, name), '');
  return folder;
}

/** Whether the shell is installed. If not, the test says so. */
function has(t: TestContext, shell: string): boolean {
  if (spawnSync(shell, ['-c', 'exit']).status === 0) return true;
  t.skip(`NOT TRIED, for want of ${shell}: apt-get install ${shell}`);
  return false;
}

async function type(terminal: TestTerminal, text: string): Promise<void> {
  terminal.type(text);
  await terminal.endsWith(`$ ${text}`.trimEnd());
}

test('bash: every place has its candidates', async (t) => {
  const cwd = await folderFor(t, 'bash');
  for (const [typed, candidates] of table) {
    // As bash splits a line.
    const words = typed.split(/\s+|(?<=[=:@])|(?=[=:@])/);
    const script = `set -eu; source ./script; compopt() { :; }; COMP_LINE=$1 COMP_POINT=\${#1}; shift
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _helo; [[ \${#COMPREPLY[@]} == 0 ]] || printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run('bash', ['-c', script, 'bash', typed, ...words], { cwd });
    assert.deepEqual(stdout.split('\n').filter(Boolean).toSorted(), candidates, typed);
  }
});

test('bash: Tab at the prompt', async (t) => {
  const cwd = await folderFor(t, 'bash');
  const start = `cd '${cwd}'; PS1='$ ' exec bash --norc --noprofile -i`;
  const terminal = await openTerminal(t, start);
  await terminal.endsWith('$');
  // Another prompt than before: text typed before it would go to bash's own editor.
  terminal.type("source ./script; clear; PS1='% '", keys.enter);
  await terminal.until((lines) => lines.join() === '%', 'an empty screen');
  terminal.type('helo ser');
  await terminal.endsWith('% helo ser');
  terminal.type(keys.tab);
  await terminal.endsWith('% helo serve');
  terminal.type('--log-level=de', keys.tab);
  await terminal.endsWith('% helo serve --log-level=debug');
  // A blank in a name does not end the word, and a folder can be continued.
  terminal.type('--config fi', keys.tab, 'o', keys.tab);
  await terminal.endsWith('% helo serve --log-level=debug --config file\\ one');
  terminal.type('--data fo', keys.tab);
  await terminal.endsWith('% helo serve --log-level=debug --config file\\ one --data folder/');
});

test('zsh: Tab at the prompt', async (t) => {
  if (!has(t, 'zsh')) return;
  const cwd = await folderFor(t, 'zsh');
  const start = `cd '${cwd}'; PS1='$ ' exec zsh -f -i`;
  const terminal = await openTerminal(t, start, { columns: 200 });
  await terminal.endsWith('$');
  const setUp =
    'autoload -Uz compinit; compinit -u -d ./dump; source ./script; setopt noautomenu nolistambiguous';
  terminal.type(`${setUp}; clear`, keys.enter);
  for (const [typed, candidates] of table) {
    await terminal.until((lines) => lines.join() === '$', 'an empty screen');
    await type(terminal, typed);
    terminal.type(keys.tab);
    const [only] = candidates;
    if (candidates.length === 0) {
      // There are no candidates: the next typed text follows directly.
      terminal.type('x');
      await terminal.endsWith(`$ ${typed}x`);
    } else if (candidates.length === 1) {
      const end = only === 'folder' ? 'folder/' : only;
      await terminal.endsWith(`$ ${typed.replace(/\S*$/, '')}${end}`);
    } else {
      await terminal.until((lines) => {
        const listed = lines.slice(1).join('\n').replaceAll('\\', '');
        return candidates.every((word) => listed.includes(word));
      }, candidates.join());
    }
    terminal.type(keys.ctrlU, 'clear', keys.enter);
  }
});

test('fish: every place has its candidates', async (t) => {
  if (!has(t, 'fish')) return;
  const cwd = await folderFor(t, 'fish');
  const home = await temporaryFolder(t);
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
  for (const [typed, candidates] of table) {
    const script = 'source ./script; complete -C $argv[1]';
    const { stdout } = await run('fish', ['-N', '-c', script, typed], { cwd, env });
    const words = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.replace(/\t.*/, '').replace(/\/$/, '').replaceAll('\\', ''));
    assert.deepEqual([...new Set(words)].toSorted(), candidates, typed);
  }
});

test('a shell that it does not know is refused with those that it knows', async (t) => {
  const told = async (...args: string[]) => {
    const { code, stdout, stderr } = await runProgram(t, { args: ['completion', ...args] });
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    return stderr;
  };
  assert.match(await told(), /There are: bash, zsh, fish\./);
  assert.match(await told('bsh'), /does not know the shell bsh\. Did you mean bash\?/);
  assert.match(await told('toString'), /There are: bash, zsh, fish\./);
});
