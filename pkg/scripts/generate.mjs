// Writes the starts of the vendors' paths as a module. The WebAssembly module knows them, but a page whose store lies
// in a worker has none, and a service worker must know before it is loaded.
import { readFileSync, writeFileSync } from 'node:fs';
import { initSync, prefixes } from '../src/wasm/idpstore.js';

initSync({ module: readFileSync('src/wasm/idpstore_bg.wasm') });
const lines = prefixes().map((prefix) => `  '${prefix}',\n`).join('');
writeFileSync(
  'src/prefixes.ts',
  `// Made by scripts/prefixes.mjs.\n\n/** The starts of the paths that belong to a vendor's API. */\n` +
    `export const PREFIXES: readonly string[] = [\n${lines}];\n`,
);
