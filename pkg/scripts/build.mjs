// Makes `dist/` of what the TypeScript compiler has left in `build/`: few files, as ES modules and, for jest, as
// CommonJS modules, with the types of each and the WebAssembly module beside them.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

import { buildApp } from './app.mjs';
import { APPLICATION } from './application.mjs';
import { VENDORS } from './vendors.mjs';

const COMMON = ['index', 'node', 'msw', 'okta', 'react', 'factories', 'connect', 'protobuf', 'seal'];
const ONLY = Object.keys(VENDORS).map((vendor) => `only-${vendor}`);
/** What is for browsers, which have no CommonJS modules. */
const BROWSER = ['worker', 'worker-main', 'service-worker', 'inline', ...ONLY];
const options = {
  outdir: 'dist',
  bundle: true,
  platform: 'neutral',
  target: 'es2022',
  // What an environment such as jsdom lacks, also for the code of wasm-bindgen.
  inject: ['build/globals.js'],
  // What is inlined stays in files of its own: only where it is needed is it loaded, and each of them is there once.
  external: ['msw', 'node:*', 'react', './inlined/*'],
  logLevel: 'warning',
};

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/wasm', { recursive: true });
for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) cpSync(`../${name}`, name);
for (const name of ['idpstore_bg', ...ONLY]) {
  if (existsSync(`src/wasm/${name}.wasm`)) cpSync(`src/wasm/${name}.wasm`, `dist/wasm/${name}.wasm`);
}
cpSync('src/inlined', 'dist/inlined', { recursive: true, filter: (path) => !path.endsWith('.d.ts') });
cpSync('src/wasm/glue.js', 'build/wasm/glue.js');
await build({ ...options, entryPoints: paths([...COMMON, ...BROWSER]), format: 'esm', splitting: true });
// Node loads one small file sooner than several that are easy to read.
await build({
  ...options,
  entryPoints: { 'index.node': 'build/index.js' },
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  // Node and Deno show the line in which an error was thrown.
  lineLimit: 120,
});
await build({
  ...options,
  entryPoints: paths(COMMON),
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  // What `import.meta.url` is to an ES module: the file beside which the WebAssembly module lies.
  define: { 'import.meta.url': 'here' },
  banner: { js: "const here = require('node:url').pathToFileURL(__filename).href;" },
});

await build({ ...APPLICATION, outdir: 'dist', entryPoints: { console: 'console/src/index.tsx' } });
await buildApp();
writeFileSync('dist/console.d.ts', "export type * from './console-types.js';\nexport declare const mount: import('./console-types.js').Mount;\n");
types('console-types', 'ts');
for (const name of [...COMMON, ...BROWSER]) types(name, 'ts');
for (const name of COMMON) types(name, 'cts');

function paths(names) {
  return names.map((name) => `build/${name}.js`);
}

/** Writes the types of a module, and those of the modules that they name. */
function types(name, extension) {
  const target = `dist/${name}.d.${extension}`;
  if (existsSync(target)) return;
  const text = readFileSync(`build/${name}.d.ts`, 'utf8');
  const imports = /'\.\/([^']+)\.js'/g;
  writeFileSync(target, extension === 'ts' ? text : text.replaceAll(imports, "'./$1.cjs'"));
  for (const [, imported] of text.matchAll(imports)) types(imported, extension);
}
