// The tarball, installed into small projects.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';

import { noBrowser, startBrowser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';

const pkg = fileURLToPath(new URL('..', import.meta.url));
const consumers = fileURLToPath(new URL('consumers/', import.meta.url));
const ANSWER = '200 []';

/** Runs a program and gives what it wrote; fails with all of it if the program does. */
function run(directory, program, ...words) {
  const { status, stdout, stderr, error } = spawnSync(program, words, { cwd: directory, encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${words.join(' ')}: ${error ?? ''}\n${stdout}\n${stderr}`);
  return stdout;
}

const bin = (directory, name) => `${directory}/node_modules/.bin/${name}`;
let tarball;

before(() => {
  const [packed] = JSON.parse(run(pkg, 'npm', 'pack', '--json', '--silent'));
  tarball = pkg + packed.filename;
  run(consumers, 'npm', 'install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', tarball);
});
after(() => rmSync(tarball, { force: true }));

test('publint has nothing to say', () => {
  assert.match(run(pkg, bin(pkg, 'publint'), '--strict', tarball), /All good/);
});

test('are the types wrong? no, under every resolution', () => {
  // The module itself has no types.
  run(pkg, bin(pkg, 'attw'), tarball, '--exclude-entrypoints', 'idpstore.wasm', 'worker-main', '--profile', 'node16');
});

test('the tarball has what it needs and nothing else', () => {
  const files = readdirSync(`${consumers}node_modules/idpstore`).sort();
  assert.deepEqual(files, ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'dist', 'package.json']);
});

test('a project of ES modules', () => {
  assert.equal(run(consumers, process.execPath, 'esm/main.mjs').trim(), ANSWER);
});

test('a project of CommonJS modules', () => {
  assert.equal(run(consumers, process.execPath, 'cjs/main.cjs').trim(), ANSWER);
});

test('vitest without configuration, in Node and in jsdom', () => {
  run(`${consumers}vitest`, bin(consumers, 'vitest'), 'run', '--root', '.');
});

test('the example of vitest', () => {
  const copy = `${consumers}out/example`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(`${pkg}../examples/vitest`, copy, { recursive: true });
  run(copy, bin(consumers, 'vitest'), 'run', '--root', '.');
});

test('jest without configuration, in Node and in jsdom', () => {
  run(`${consumers}jest`, bin(consumers, 'jest'), '--rootDir', '.');
});

for (const [module, resolution] of [['node16', 'node16'], ['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
  test(`TypeScript, resolving as ${resolution}`, () => {
    run(`${consumers}ts`, bin(consumers, 'tsc'), '-p', '.', '--module', module, '--moduleResolution', resolution);
  });
}

describe('bundled for the browser', { skip: noBrowser }, () => {
  const load = createRequire(`${consumers}package.json`);
  const out = `${consumers}out/`;
  let server;
  let browser;
  before(async () => {
    mkdirSync(out, { recursive: true });
    [server, browser] = await Promise.all([startServer(), startBrowser()]);
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  /** What the built page tells. */
  async function outcome(directory) {
    const page = await browser.newPage();
    await page.goto(`${server.url}/test/consumers/out/${directory}/index.html`);
    const words = await page.evaluate(() => outcome);
    await page.close();
    return words;
  }

  test('Vite', async () => {
    run(`${consumers}bundled`, bin(consumers, 'vite'), 'build', '--base', './', '--outDir', `${out}vite`, '--emptyOutDir');
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

  test('esbuild', async () => {
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
