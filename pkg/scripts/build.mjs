// What the TypeScript compiler leaves to do: the module, and the CommonJS form, which jest needs, with its types.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

cpSync('src/wasm', 'dist/wasm', { recursive: true });

const ENTRIES = ['index', 'worker', 'worker-main', 'node', 'msw', 'okta', 'service-worker'];

await build({
  entryPoints: ENTRIES.map((name) => `dist/${name}.js`),
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'neutral',
  target: 'es2022',
  external: ['msw', 'node:*'],
  // What `import.meta.url` is to an ES module, for the file beside which the WebAssembly module lies.
  define: { 'import.meta.url': 'here' },
  banner: { js: "const here = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});

for (const name of readdirSync('dist', { recursive: true }).filter((name) => name.endsWith('.d.ts'))) {
  const types = readFileSync(`dist/${name}`, 'utf8').replaceAll(/(from|import\()( ?)'(\.[^']+)\.js'/g, "$1$2'$3.cjs'");
  writeFileSync(`dist/${name.replace(/\.d\.ts$/, '.d.cts')}`, types);
}
