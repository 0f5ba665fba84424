// Checks the imports against the rings (.dependency-cruiser.cjs). A cruise that sees no modules would pass every rule,
// so seeing too few is a failure too.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const require = createRequire(import.meta.url);
// dependency-cruiser lets swc read every file as TypeScript without JSX, which the views of the page have.
const swc = require('@swc/core');
const { parseFileSync } = swc;
swc.parseFileSync = (file, options) => parseFileSync(file, { ...options, tsx: file.endsWith('x') });
const { cruise } = await import('dependency-cruiser');
const config = require('../.dependency-cruiser.cjs');
const leastModules = 10;
const leastImports = 5;

const { output } = await cruise(['src'], {
  ...config.options,
  ruleSet: { forbidden: config.forbidden },
  validate: true,
});
const { summary } = output;
for (const { rule, from, to } of summary.violations) {
  console.error(`${rule.name}: ${from} -> ${to}`);
}
if (summary.totalCruised < leastModules || summary.totalDependenciesCruised < leastImports) {
  console.error(
    `only ${summary.totalCruised} modules and ${summary.totalDependenciesCruised} imports seen: the rules were not checked`,
  );
  process.exit(1);
}
console.log(
  `architecture: ${summary.totalCruised} modules, ${summary.totalDependenciesCruised} imports, ${summary.violations.length} violations`,
);
process.exit(summary.violations.length === 0 ? 0 : 1);
