// What some tests need beyond npm: programs from Debian. If this may install them (as root, with apt-get), it does.
// Otherwise it prints the command, and the tests that need them report that they were not tried.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Each program, its package in Debian, and the tests that need it: a file, or a folder. */
const tools = [
  { program: 'zsh', from: 'zsh', test: 'test/terminal/completion.test' },
  { program: 'fish', from: 'fish', test: 'test/terminal/completion.test' },
  { program: 'mandoc', from: 'mandoc', test: 'test/documents/man.test' },
  { program: 'groff', from: 'groff-base', test: 'test/documents/man.test' },
  { program: 'chromium', from: 'chromium', test: 'test/browser/' },
  { program: 'caddy', from: 'caddy', test: 'test/program/caddy.test' },
  { program: 'pebble', from: 'pebble', test: 'test/program/acme.test' },
];

/** Gets what the tests in `files` need. Never fails: missing programs are reported, here and by the tests. */
export function getTools(files) {
  const wanted = missing(files);
  if (wanted.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${wanted.join(' ')}`;
  if (process.getuid?.() === 0 && isHere('apt-get')) install(command);
  const still = missing(files);
  if (still.length > 0) {
    console.error(`NOT ALL IS TRIED, for want of ${still.join(', ')}. As root: ${command}`);
  }
}

/** The packages of missing programs. */
function missing(files) {
  const needed = tools.filter(({ test }) => files.some((file) => file.includes(test)));
  return [...new Set(needed.filter(({ program }) => !isHere(program)).map(({ from }) => from))];
}

function isHere(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
      return false;
    }
  });
}

/** Without questions, and with a time limit: there may be no network. */
function install(command) {
  console.error(`The tests need more than is here: ${command}`);
  const [apt, ...args] = command.split(' ');
  const options = ['-q', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20'];
  const settings = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 10 * 60_000,
  };
  const update = spawnSync(apt, [...options, 'update'], settings);
  if (update.status === 0) {
    spawnSync(apt, [...options, '-o', 'DPkg::Lock::Timeout=120', ...args], settings);
  }
}
