// The tarball, installed into small projects.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { noBrowser, startBrowser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { install, pkg, run } from './support/tarball.mjs';
import { compiles } from './support/typescript.mjs';

const consumers = `${pkg}test/consumers/`;
const ANSWER = '200 []';
/** The console as an app. */
const APP = ['app.js', 'icon-192.png', 'icon-512.png', 'icon.svg', 'index.html', 'manifest.webmanifest', 'offline.js', 'wasm', 'wasm/idpstore_bg.wasm', 'worker-main.js'];
/** How large the console may be beside the module, compressed. */
const CONSOLE_LIMIT = 150_000;
const ONLY = ['only-okta', 'only-pingone', 'only-zitadel'];

const bin = (directory, name) => `${directory}/node_modules/.bin/${name}`;
let tarball;

before(async () => {
  tarball = await install(consumers);
});

test('publint has nothing to say', async () => {
  assert.match(await run(pkg, bin(pkg, 'publint'), ['--strict', tarball]), /All good/);
});

test('are the types wrong? no, under every resolution', async () => {
  // The WebAssembly module has no types, and those for browsers have no CommonJS modules.
  const browser = ['worker', 'worker-main', 'service-worker', 'inline', 'console', ...ONLY];
  await run(pkg, bin(pkg, 'attw'), [tarball, '--exclude-entrypoints', 'idpstore.wasm', ...browser, '--profile', 'node16']);
  await run(pkg, bin(pkg, 'attw'), [tarball, '--entrypoints', ...browser, '--profile', 'esm-only']);
});

test('the tarball has what it needs and nothing else', async () => {
  const files = readdirSync(`${consumers}node_modules/idpstore`).sort();
  assert.deepEqual(files, ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'dist', 'package.json']);
  const common = ['index', 'node', 'msw', 'okta', 'react', 'factories', 'connect', 'protobuf', 'seal'];
  const browser = ['worker', 'worker-main', 'service-worker', 'inline', 'console', ...ONLY];
  const apis = ['idpstore', 'okta', 'pingone', 'zitadel'].flatMap((name) => [`${name}-client`, `${name}-types`]);
  const calls = ['client', 'content', 'live', 'queries', 'seed', 'partner', 'vendor-factories', 'verbs'];
  const named = ['errors', 'file', 'guard', 'harness', 'operation-names', 'options', 'public', 'refusal', 'served', 'snapshot', 'sources', 'store', 'store-seal', 'web-keys', 'wrap', ...apis, ...calls];
  const expected = [
    ...common.flatMap((name) => [`${name}.js`, `${name}.cjs`]),
    ...browser.flatMap((name) => [`${name}.js`, `${name}.d.ts`]),
    ...[...common, ...named].flatMap((name) => [`${name}.d.ts`, `${name}.d.cts`]),
    'index.node.js',
    'in-worker.d.ts',
    'inlined',
    ...['idpstore', 'idpstore-whole', 'worker', ...ONLY].map((name) => `inlined/${name}.js`),
    'console-types.d.ts',
    'app',
    ...APP.map((name) => `app/${name}`),
    'wasm',
    'wasm/idpstore_bg.wasm',
    // `cargo xtask pkg --all` makes them, for what is published and for the tests with bundlers.
    ...ONLY.map((name) => `wasm/${name}.wasm`).filter((name) => existsSync(`${pkg}src/${name}`)),
  ];
  const built = readdirSync(`${consumers}node_modules/idpstore/dist`, { recursive: true });
  const shared = /^chunk-\w+\.js$|^inlined\/[\w-]+-\d\.js$/;
  assert.deepEqual(built.filter((name) => !shared.test(name)).sort(), expected.sort());
});

test('the console stays small, in a page and as an app', () => {
  const dist = `${consumers}node_modules/idpstore/dist/`;
  const size = (names) => names.reduce((sum, name) => sum + gzipSync(readFileSync(dist + name), { level: 9 }).length, 0);
  const inPage = size(['console.js']);
  const app = size(APP.filter((name) => /(js|html|webmanifest|svg)$/.test(name)).map((name) => `app/${name}`));
  console.log(`figures: the console has ${inPage} bytes in a page and ${app} as an app, compressed, beside the module`);
  assert.ok(inPage < CONSOLE_LIMIT && app < CONSOLE_LIMIT, `${inPage}, ${app}`);
});

test('a project of ES modules', async () => {
  assert.equal((await run(consumers, process.execPath, ['esm/main.mjs'])).trim(), ANSWER);
});

test('a project of CommonJS modules', async () => {
  assert.equal((await run(consumers, process.execPath, ['cjs/main.cjs'])).trim(), ANSWER);
});

test('vitest without configuration, in Node and in jsdom', async () => {
  await run(`${consumers}vitest`, bin(consumers, 'vitest'), ['run', '--root', '.']);
});

test('the example of vitest', async () => {
  const copy = `${consumers}out/example`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(`${pkg}../examples/vitest`, copy, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  await run(copy, bin(consumers, 'vitest'), ['run', '--root', '.']);
});

test('jest without configuration, in Node and in jsdom', async () => {
  await run(`${consumers}jest`, bin(consumers, 'jest'), ['--rootDir', '.']);
});

for (const resolution of ['node16', 'nodenext', 'bundler']) compiles('typescript', resolution);
compiles('typescript', 'nodenext', 'tsconfig.node.json'); // without the DOM
compiles('typescript', 'bundler', 'tsconfig.page.json'); // without Node
compiles('typescript-5.2', 'nodenext'); // `test/consumers/typescript.test.mjs` has the versions between

// The bundlers that most use, without a line of configuration. `test/bundlers/` has more of them, and more versions.
describe('bundled for the browser', { skip: noBrowser }, () => {
  const load = createRequire(`${consumers}package.json`);
  console.log(`figures: tested with Vite ${load('vite/package.json').version} and webpack ${load('webpack/package.json').version}`);
  const out = `${consumers}out/`;
  let server;
  let browser;
  before(async () => {
    mkdirSync(out, { recursive: true });
    server = await startServer();
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  /** What the built page reports. */
  async function outcome(directory) {
    const page = await browser.newPage();
    await page.goto(`${server.url}/test/consumers/out/${directory}/index.html`);
    const words = await page.evaluate(() => outcome);
    await page.close();
    return words;
  }

  test('Vite', async () => {
    await run(`${consumers}bundled`, bin(consumers, 'vite'), ['build', '--base', './', '--outDir', `${out}vite`, '--emptyOutDir']);
    assert.equal(await outcome('vite'), `${ANSWER}, ${ANSWER}`);
  });

  test('Vite, while developing', async () => {
    const { createServer } = await import(load.resolve('vite'));
    const vite = await createServer({ root: `${consumers}bundled`, logLevel: 'silent', server: { host: '127.0.0.1' } });
    await vite.listen();
    const page = await browser.newPage();
    await page.goto(vite.resolvedUrls.local[0]);
    // The page is loaded anew once Vite has found what to prepare.
    await page.waitForFunction(() => globalThis.outcome);
    assert.equal(await page.evaluate(() => outcome), `${ANSWER}, ${ANSWER}`);
    await page.close();
    await vite.close();
  });

  test('webpack', async () => {
    const webpack = load('webpack');
    const compiler = webpack({
      mode: 'production',
      context: `${consumers}bundled`,
      entry: './main.js',
      output: { path: `${out}webpack`, filename: 'main.js' },
    });
    const stats = await new Promise((resolve, reject) =>
      compiler.run((error, result) => (error ? reject(error) : resolve(result))),
    );
    assert.equal(stats.hasErrors(), false, stats.toString());
    cpSync(`${consumers}bundled/index.html`, `${out}webpack/index.html`);
    assert.equal(await outcome('webpack'), `${ANSWER}, ${ANSWER}`);
  });

  test('esbuild, which takes no files along', async () => {
    const { build } = load('esbuild');
    await build({ absWorkingDir: `${consumers}bundled`, entryPoints: ['main.js'], outdir: `${out}esbuild-alone`, bundle: true, logLevel: 'silent' });
    cpSync(`${consumers}bundled/index.html`, `${out}esbuild-alone/index.html`);
    assert.equal(await outcome('esbuild-alone'), `${ANSWER}, ${ANSWER}`);
  });

  test('esbuild, given the files', async () => {
    const { build } = load('esbuild');
    await build({
      absWorkingDir: `${consumers}bundled`,
      entryPoints: { main: 'main-esbuild.js', worker: 'worker.js' },
      outdir: `${out}esbuild`,
      bundle: true,
      format: 'esm',
      loader: { '.wasm': 'file' },
      logLevel: 'silent',
    });
    cpSync(`${consumers}bundled/index.html`, `${out}esbuild/index.html`);
    assert.equal(await outcome('esbuild'), `${ANSWER}, ${ANSWER}`);
  });
});
