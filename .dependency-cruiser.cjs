// The rings. What may import what; see ARCHITECTURE.md.
const rings = {
  lib: [],
  wire: ['lib'],
  hub: ['wire', 'lib'],
  e2ee: ['lib'],
  client: ['wire', 'e2ee', 'lib'],
  sqlite: ['lib'],
  platform: ['client', 'e2ee', 'sqlite', 'wire', 'lib'],
  terminal: ['client', 'platform', 'wire', 'lib'],
  web: ['client', 'platform', 'wire', 'lib'],
  library: ['client', 'platform', 'e2ee', 'wire', 'lib'],
  server: ['hub', 'wire', 'lib'],
  store: ['hub', 'wire', 'sqlite', 'lib'],
};
const pure = '^src/(lib|wire|hub|e2ee|client)/';
const tests = '[.]test[.]ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-ring-has-no-platform',
      severity: 'error',
      from: { path: pure, pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'server-cannot-decrypt',
      severity: 'error',
      from: { path: '^src/(server|hub|store|cluster)/' },
      to: { path: ['^src/e2ee/', '^src/client/', '^src/platform/', 'node_modules/ts-mls'] },
    },
    {
      name: 'mls-is-wrapped-once',
      severity: 'error',
      from: { pathNot: ['^src/e2ee/', '^src/platform/', tests] },
      to: { path: ['node_modules/ts-mls', 'node_modules/@hpke', 'node_modules/@noble'] },
    },
    {
      name: 'only-the-commands-know-the-store',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(cli|store)/', tests] },
      to: { path: '^src/store/' },
    },
    {
      name: 'only-its-ring-knows-sqlite',
      severity: 'error',
      from: { pathNot: ['^src/sqlite/', tests] },
      to: { path: 'node_modules/@photostructure' },
    },
    {
      name: 'only-the-toolkit-knows-pi-tui',
      severity: 'error',
      from: { pathNot: '^src/terminal/screen/toolkit[.]ts$' },
      to: { path: 'node_modules/@mariozechner' },
    },
    {
      name: 'engines-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/client/encryption/(live|stored|group)/' },
      to: {
        path: '^src/client/encryption/(live|stored|group)/',
        pathNot: '^src/client/encryption/$1/',
      },
    },
    {
      name: 'trust-and-queue-know-no-engine',
      severity: 'error',
      from: { path: '^src/client/encryption/(trust|queue)/' },
      to: { path: '^src/client/encryption/(live|stored|group)/' },
    },
    {
      name: 'the-package-is-the-library-and-the-chat',
      severity: 'error',
      from: { path: '^src/index[.]ts$' },
      to: { path: '^src/', pathNot: '^src/(library|client)/' },
    },
    {
      name: 'only-the-package-knows-the-library',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/library/', '^src/index[.]ts$', tests] },
      to: { path: ['^src/library/', '^src/index[.]ts$'] },
    },
    {
      name: 'every-folder-is-a-ring',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [`^src/(${[...Object.keys(rings), 'cli'].join('|')})/`, '^src/index[.]ts$'],
      },
      to: {},
    },
    {
      name: 'a-browser-has-no-node',
      severity: 'error',
      from: { path: '^src/(web|platform/browser)/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'a-browser-and-node-are-two-platforms',
      severity: 'error',
      from: { path: '^src/(web|platform/browser)/', pathNot: tests },
      to: { path: '^src/platform/(?!browser/)' },
    },
    {
      name: 'only-the-page-knows-what-draws-it',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/web/' },
      to: {
        path: ['node_modules/preact', 'node_modules/@preact', 'node_modules/virtua', '^src/web/'],
      },
    },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...Object.entries(rings).map(([ring, allowed]) => ({
      name: `${ring}-imports-only-${allowed.join('-') || 'itself'}`,
      severity: 'error',
      from: { path: `^src/${ring}/`, pathNot: tests },
      to: { path: '^src/', pathNot: `^src/(${[ring, ...allowed].join('|')})/` },
    })),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
