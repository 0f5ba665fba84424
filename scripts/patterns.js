// Checks every regular expression of the sources for more than linear cost: `scslre` knows where a search can become
// quadratic or worse. Most of them are applied to text of others. Seeing too few is a failure too.
import { parseSync } from '@swc/core';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { analyse } from 'scslre';

const sources = fileURLToPath(new URL('../src/', import.meta.url));
const leastPatterns = 100;

/** The regular expressions in a syntax tree. */
function* patternsIn(node) {
  if (typeof node !== 'object' || node === null) return;
  if (node.type === 'RegExpLiteral') yield { source: node.pattern, flags: node.flags };
  else for (const part of Object.values(node)) yield* patternsIn(part);
}

let seen = 0;
let slow = 0;
for (const file of readdirSync(sources, { recursive: true }).map(String).sort()) {
  if (!/[.]tsx?$/.test(file) || file.endsWith('.test.ts')) continue;
  const text = readFileSync(`${sources}${file}`, 'utf8');
  for (const pattern of patternsIn(
    parseSync(text, { syntax: 'typescript', tsx: file.endsWith('x'), target: 'es2024' }),
  )) {
    seen += 1;
    const { reports } = analyse(pattern);
    if (reports.length === 0) continue;
    slow += 1;
    const kinds = reports.map(({ type, exponential }) =>
      exponential ? `${type}, exponential` : type,
    );
    console.error(`src/${file}: /${pattern.source}/${pattern.flags} is slow (${kinds.join('; ')})`);
  }
}
if (seen < leastPatterns) {
  console.error(`only ${seen} patterns seen: they were not checked`);
  process.exit(1);
}
console.log(`patterns: ${seen} checked, ${slow} slow`);
process.exit(slow === 0 ? 0 : 1);
