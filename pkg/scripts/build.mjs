// Makes `dist/` of what the TypeScript compiler has left in `build/`: few files, as ES modules and, for jest, as
// CommonJS modules, with the types of each and the WebAssembly module beside them.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

const ENTRIES = ['index', 'worker', 'worker-main', 'node', 'msw', 'okta', 'service-worker'];
const options = {
  entryPoints: ENTRIES.map((name) => `build/${name}.js`),
  outdir: 'dist',
  bundle: true,
  platform: 'neutral',
  target: 'es2022',
  // What an environment such as jsdom lacks, also for the code of wasm-bindgen.
  inject: ['build/globals.js'],
  external: ['msw', 'node:*'],
  logLevel: 'warning',
};

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/wasm', { recursive: true });
for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) cpSync(`../${name}`, name);
cpSync('src/wasm/idpstore_bg.wasm', 'dist/wasm/idpstore_bg.wasm');
cpSync('src/wasm/idpstore.js', 'build/wasm/idpstore.js');
await build({ ...options, format: 'esm', splitting: true });
await build({
  ...options,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  // What `import.meta.url` is to an ES module: the file beside which the WebAssembly module lies.
  define: { 'import.meta.url': 'here' },
  banner: { js: "const here = require('node:url').pathToFileURL(__filename).href;" },
});

cpSync('src/wasm/idpstore.d.ts', 'build/wasm/idpstore.d.ts');
for (const name of readdirSync('build', { recursive: true }).filter((name) => name.endsWith('.d.ts'))) {
  const types = readFileSync(`build/${name}`, 'utf8');
  mkdirSync(dirname(`dist/${name}`), { recursive: true });
  writeFileSync(`dist/${name}`, types);
  const imports = /(from|import\()( ?)'(\.[^']+)\.js'/g;
  writeFileSync(`dist/${name.replace(/\.d\.ts$/, '.d.cts')}`, types.replaceAll(imports, "$1$2'$3.cjs'"));
}
