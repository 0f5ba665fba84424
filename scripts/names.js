// Checks the names of the sources against docs/GLOSSARY.md: exported types have unique names, and words that the
// glossary replaced do not come back. Seeing too few types is a failure too.
import { parseSync } from '@swc/core';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../src/', import.meta.url));
const leastTypes = 500;

/** Old words, in identifiers and comments alike, and the words that replaced them. */
const oldWords = [
  [/(?<!Math\.)\b#?floor\b|\bFloor\b/, 'hub runner'],
  [/\b#?gate\b|\bGate\b/, 'commit queue'],
  [/\b#?desks?\b|[a-z]Desks?\b|\bDesks?\b/, 'handler, pending requests, or context'],
  [/chronicle/i, 'timeline'],
  [/heard-?words/i, 'remote messages'],
  [/own-?words\.ts|OwnWords/, 'local echo'],
  [/\b#?company\b|\bCompany\b/, 'roster'],
  [/who-?is-?here/i, 'presence'],
  [/workbench/i, 'account queue'],
  [/[a-z]Shelf\b|\bshelf\b/, 'store'],
  [/(account|file|private)-?side/i, 'account sync, login files, live messages'],
  [/household/i, 'address usage'],
  [/\bspots?\b/, 'row id'],
  [/\bstretch(es)?\b(?! of time)|\bStretch\b/, 'history range'],
  [/\bdeeds?\b|Deeds\b/i, 'action'],
  [/\bthe seed\b|\bseed-/i, 'version 1, v1'],
];

const typeKinds = new Set([
  'TsInterfaceDeclaration',
  'TsTypeAliasDeclaration',
  'ClassDeclaration',
  'TsEnumDeclaration',
]);

/** Where each exported type is declared. */
const homes = new Map();
const faults = [];
for (const file of readdirSync(sources, { recursive: true }).map(String).sort()) {
  if (!/[.]tsx?$/.test(file)) continue;
  const text = readFileSync(`${sources}${file}`, 'utf8');
  for (const [word, now] of oldWords) {
    const line = text.split('\n').findIndex((one) => word.test(one));
    if (line >= 0) faults.push(`src/${file}:${line + 1}: ${word} is an old word; say ${now}`);
  }
  if (file.endsWith('.test.ts')) continue;
  const tsx = file.endsWith('x');
  for (const item of parseSync(text, { syntax: 'typescript', tsx, target: 'es2024' }).body) {
    if (item.type !== 'ExportDeclaration' || !typeKinds.has(item.declaration.type)) continue;
    const name = (item.declaration.id ?? item.declaration.identifier).value;
    homes.set(name, [...(homes.get(name) ?? []), file]);
  }
}
for (const [name, files] of homes) {
  if (files.length > 1) faults.push(`${name} is exported by ${files.join(' and ')}`);
}
if (homes.size < leastTypes) faults.push(`only ${homes.size} exported types seen`);
for (const fault of faults) console.error(fault);
console.log(`names: ${homes.size} exported types, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
