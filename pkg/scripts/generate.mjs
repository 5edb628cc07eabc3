// Makes what the compiler needs of the WebAssembly module and of the code that wasm-bindgen has written for it.
import { readFileSync, writeFileSync } from 'node:fs';
import { transformSync } from 'esbuild';

import { initSync, prefixes } from '../src/wasm/idpstore.js';

// The starts of the vendors' paths. The module knows them, but a page whose store is in a worker has none, and a service
// worker must know before it is loaded.
initSync({ module: readFileSync('src/wasm/idpstore_bg.wasm') });
const lines = prefixes().map((prefix) => `  '${prefix}',\n`).join('');
writeFileSync(
  'src/prefixes.ts',
  `// Made by scripts/generate.mjs.\n\n/** The starts of the paths that belong to a vendor's API. */\n` +
    `export const PREFIXES: readonly string[] = [\n${lines}];\n`,
);

// wasm-bindgen's code keeps the one instance that it can have in its own variables. Inside a function, each call has
// variables of its own, and so an instance of its own.
const { code } = transformSync(readFileSync('src/wasm/idpstore.js', 'utf8'), { format: 'cjs' });
const made = '// Made by scripts/generate.mjs.\n';
writeFileSync(
  'src/wasm/glue.js',
  `${made}export default function (FinalizationRegistry) {\n` +
    `const module = { exports: {} };\n${code}return module.exports;\n}\n`,
);
writeFileSync(
  'src/wasm/glue.d.ts',
  `${made}declare const glue: (registry: typeof FinalizationRegistry) => typeof import('./idpstore.js');\n` +
    'export default glue;\n',
);
