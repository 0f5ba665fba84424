// Draws docs/screen.svg from the running program: a server, three people, and the screen of one of them. Needs a build.
// Usage: npm run screenshot [-- THEME FILE]
import headless from '@xterm/headless';
import { spawn as spawnTerminal } from '@lydell/node-pty';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = `${root}dist/cli/helo.js`;
const [columns, rows] = [104, 26];
const [cellWidth, cellHeight] = [8.4, 18];
const [theme = 'dark', file = `${root}docs/screen.svg`] = process.argv.slice(2);
/** The background, and the text, where the program sets no colour. */
const [paper, ink] = theme.startsWith('light') ? ['#ffffff', '#1c1c1c'] : ['#1c1c1c', '#d4d4d4'];
const home = mkdtempSync(join(tmpdir(), 'helo-shot-'));
const env = { ...process.env, HOME: home, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
const children = [];

function run(args, data) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...env, XDG_DATA_HOME: join(home, data) },
  });
  children.push(child);
  let text = '';
  const seen = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += String(chunk);
      for (const look of seen) look();
    });
  }
  const shows = (pattern) =>
    new Promise((resolve) => {
      const look = () => pattern.test(text) && resolve(pattern.exec(text));
      seen.push(look);
      look();
    });
  return { type: (line) => child.stdin.write(`${line}\n`), shows };
}

try {
  const server = run(
    ['serve', '--port', '0', '--tls-port', 'off', '--ping-interval', '0'],
    'server',
  );
  const [, port] = await server.shows(/plain text +\S+:(\d+) /);
  await server.shows(/Stop with/);
  const at = ['--server', `127.0.0.1:${port}`];
  const alice = run(['chat', ...at, '--name', 'alice'], 'alice');
  const dora = run(['chat', ...at, '--name', 'dora'], 'dora');
  alice.type('/create_group lunch --open');
  await alice.shows(/has been created/);
  dora.type('/join lunch');
  await dora.shows(/entered group/);

  mkdirSync(join(home, 'helo'));
  writeFileSync(join(home, 'helo', 'config.toml'), `[screen]\ntheme = "${theme}"\n`);
  const screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  const args = [program, 'chat', ...at, '--name', 'bob'];
  const bob = spawnTerminal(process.execPath, args, {
    cols: columns,
    rows,
    env: { ...env, XDG_DATA_HOME: join(home, 'bob'), XDG_CONFIG_HOME: home },
  });
  children.push(bob);
  let changed = () => {};
  bob.onData((text) => screen.write(text, () => changed()));
  const lines = () =>
    Array.from({ length: rows }, (_, row) =>
      screen.buffer.active.getLine(screen.buffer.active.baseY + row)?.translateToString(true),
    ).join('\n');
  const shows = async (text) => {
    const timer = setTimeout(() => {
      console.error(`${text} was not shown:\n${lines()}`);
      for (const child of children) child.kill('SIGKILL');
      process.exit(1);
    }, 10_000);
    while (!lines().includes(text)) await new Promise((resolve) => (changed = resolve));
    clearTimeout(timer);
  };
  const type = async (text, shown) => {
    bob.write(text);
    await shows(shown);
  };
  await shows('● connected');
  await type('/join lunch\r', '#lunch, group');
  // Ctrl-P, back to the lobby.
  await type('\u0010', 'Lobby, everybody');
  dora.type('good morning everybody ☕');
  await shows('good morning');
  alice.type('the notes of yesterday: https://wiki.example.org/notes');
  await shows('wiki.example');
  await type('@alice shall we go over the plan at noon?\r', 'at noon? ✓✓');
  alice.type('@bob yes! 12:30 by the fountain 日本茶 as always');
  await shows('fountain');
  await type('/verify\r', 'same there?');
  alice.type('@@lunch who is coming, bob, dora?');
  await shows('lunch');
  await new Promise((resolve) => setTimeout(resolve, 500));
  dora.type('the build is green again');
  await shows('Lobby');
  await type('I will bring the figures', 'figures');
  await new Promise((resolve) => setTimeout(resolve, 300));
  writeFileSync(file, svgOf(screen.buffer.active));
  console.log(file);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
}

function svgOf(buffer) {
  const parts = [];
  for (let row = 0; row < rows; row++) {
    const line = buffer.getLine(buffer.baseY + row);
    for (let column = 0; column < columns; column++) {
      const cell = line?.getCell(column);
      const text = cell?.getChars() ?? '';
      if (cell === undefined) continue;
      const [x, y] = [column * cellWidth, row * cellHeight];
      const width = cellWidth * Math.max(1, cell.getWidth());
      const colours = [
        cell.isFgPalette() ? palette(cell.getFgColor()) : ink,
        cell.isBgPalette() ? palette(cell.getBgColor()) : paper,
      ];
      const [fill, behind] = cell.isInverse() ? colours.reverse() : colours;
      if (behind !== paper) {
        parts.push(
          `<rect x="${x.toFixed(1)}" y="${y}" width="${(width + 0.3).toFixed(1)}" height="${cellHeight}" fill="${behind}"/>`,
        );
      }
      if (text.trim() === '') continue;
      const weight = cell.isBold() ? ' font-weight="bold"' : '';
      const faint = cell.isDim() ? ' opacity="0.6"' : '';
      const underline = cell.isUnderline() ? ' text-decoration="underline"' : '';
      const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      parts.push(
        `<text x="${x.toFixed(1)}" y="${y + 13}" fill="${fill}"${weight}${faint}${underline}>${escaped}</text>`,
      );
    }
  }
  const [width, height] = [columns * cellWidth + 16, rows * cellHeight + 16];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 ${width} ${height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="13.5">`,
    `<rect x="-8" y="-8" width="${width}" height="${height}" rx="6" fill="${paper}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** A colour of the 256: the cube, the greys, and the first 16. */
function palette(index) {
  const hex = (...values) =>
    `#${values.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
  if (index >= 232) return hex(...Array(3).fill(8 + (index - 232) * 10));
  if (index < 16)
    return ['#000000', '#cd3131', '#0dbc79', '#e5e510', '#2472c8', '#bc3fbc', '#11a8cd', '#e5e5e5'][
      index % 8
    ];
  const cube = index - 16;
  const level = (value) => (value === 0 ? 0 : 55 + value * 40);
  return hex(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}
