// Makes what the compiler needs of the WebAssembly modules and of the code that wasm-bindgen has written for them.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { buildSync, transformSync } from 'esbuild';

import { initSync, prefixes } from '../src/wasm/idpstore.js';
import { VENDORS } from './vendors.mjs';

const MADE = '// Made by scripts/generate.mjs.\n';

// The starts of the paths of all APIs. The module knows them, but a page whose store is in a worker has none, and a service
// worker must know before it is loaded.
initSync({ module: readFileSync('src/wasm/idpstore_bg.wasm') });
const lines = prefixes().map((prefix) => `  '${prefix}',\n`).join('');
writeFileSync(
  'src/prefixes.ts',
  `${MADE}\n/** The starts of the paths that belong to an API: those of the vendors, and that of the neutral one. */\n` +
    `export const PREFIXES: readonly string[] = [\n${lines}];\n`,
);

// wasm-bindgen's code keeps the one instance that it can have in its own variables. Inside a function, each call has
// variables of its own, and so an instance of its own.
const { code } = transformSync(readFileSync('src/wasm/idpstore.js', 'utf8'), { format: 'cjs' });
writeFileSync(
  'src/wasm/glue.js',
  `${MADE}export default function (FinalizationRegistry) {\n` +
    `const module = { exports: {} };\n${code}return module.exports;\n}\n`,
);
writeFileSync(
  'src/wasm/glue.d.ts',
  `${MADE}declare const glue: (registry: typeof FinalizationRegistry) => typeof import('./idpstore.js');\n` +
    'export default glue;\n',
);

// What is inside of JavaScript for programs without files of their own: the modules, and the script of the worker.
rmSync('src/inlined', { recursive: true, force: true });
mkdirSync('src/inlined');
inlineModule('idpstore', 'src/wasm/idpstore_bg.wasm');
const { outputFiles } = buildSync({
  entryPoints: ['src/worker-main.ts'],
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  inject: ['src/globals.ts'],
});
inline('worker', `export const SCRIPT = ${JSON.stringify(outputFiles[0].text)};`, 'export declare const SCRIPT: string;');

// The entries of one vendor each. Unless the build was asked for all modules, their modules are not there.
const template = readFileSync('scripts/only.ts.txt', 'utf8');
for (const [vendor, Name] of Object.entries(VENDORS)) {
  inlineModule(`only-${vendor}`, `src/wasm/only-${vendor}.wasm`);
  writeFileSync(`src/only-${vendor}.ts`, MADE + template.replaceAll('{vendor}', vendor).replaceAll('{Vendor}', Name));
}

/** A module inside of JavaScript: compressed, in base64, and in parts, as some bundlers warn of large files. */
function inlineModule(name, path) {
  const text = existsSync(path) ? gzipSync(readFileSync(path), { level: 9 }).toString('base64') : '';
  const parts = text.match(/.{1,400000}/g) ?? [];
  for (const [index, part] of parts.entries()) inline(`${name}-${index + 1}`, `export default ${JSON.stringify(part)};`);
  const paths = parts.map((_, index) => `'./${name}-${index + 1}.js'`);
  const loaded = `await Promise.all([${paths.map((path) => `import(${path})`).join(', ')}])`;
  inline(
    name,
    `export async function gzip() {\n  return (${loaded}).map((part) => part.default).join('');\n}`,
    'export declare function gzip(): Promise<string>;',
  );
  if (name !== 'idpstore') return;
  const imports = paths.map((path, index) => `import part${index} from ${path};\n`).join('');
  const all = paths.map((_, index) => `part${index}`).join(' + ');
  inline(`${name}-whole`, `${imports}export const GZIP = ${all};`, 'export declare const GZIP: string;');
}

/** A file of JavaScript, and its types unless only other such files import it. */
function inline(name, code, types) {
  writeFileSync(`src/inlined/${name}.js`, `${MADE}${code}\n`);
  if (types) writeFileSync(`src/inlined/${name}.d.ts`, `${MADE}${types}\n`);
}
