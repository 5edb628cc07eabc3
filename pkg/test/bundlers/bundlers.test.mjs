// The tarball, bundled for pages by whatever people use, without a line of configuration, and opened in Chromium.
// `cargo xtask soak bundlers` runs this: all that is installed here would take too long for every run of the checks.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { noBrowser, startBrowser } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';
import { install, run } from '../support/tarball.mjs';

const here = fileURLToPath(new URL('./', import.meta.url));
const load = createRequire(import.meta.url);
const ANSWER = '200 []';
const bin = (name) => `${here}node_modules/.bin/${name}`;

/** A bundler with its version, or why tests with it are left out. In CI none is: there they fail. */
function bundler(name, alias = name) {
  const manifest = `${here}node_modules/${alias}/package.json`;
  if (existsSync(manifest)) {
    const title = `${name} ${JSON.parse(readFileSync(manifest, 'utf8')).version}`;
    console.log(`figures: tested with ${title}`);
    return { title, skip: noBrowser };
  }
  const words = `${name} is not there: \`npm ci\` in test/bundlers/ has not been run, or could not install it`;
  console.log(`figures: skipped: ${words}`);
  return { title: name, skip: process.env.CI === 'true' ? false : words };
}

/** A new project with a page that runs one of the scripts in `page/`. */
function project(name, entry = 'main') {
  const directory = `${here}out/${name}/`;
  rmSync(directory, { recursive: true, force: true });
  // Some bundlers serve no files from outside of the project.
  cpSync(`${here}node_modules/idpstore`, `${directory}node_modules/idpstore`, { recursive: true });
  for (const file of ['index.html', 'report.js']) cpSync(`${here}page/${file}`, directory + file);
  cpSync(`${here}page/${entry}.js`, `${directory}main.js`);
  writeFileSync(`${directory}package.json`, '{ "private": true, "type": "module" }');
  return directory;
}

describe('bundled for the browser', { skip: noBrowser }, () => {
  let server;
  let browser;
  before(async () => {
    await install(here);
    server = await startServer();
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  /** The page at an address works; gives how many bytes of JavaScript it has loaded, and how many files of the module. */
  async function works(url) {
    const page = await browser.newPage();
    const log = [];
    const bodies = [];
    let scripts = 0;
    let modules = 0;
    page.on('response', (response) => {
      log.push(`${response.status()} ${response.url()}`);
      const type = response.headers()['content-type'] ?? '';
      if (type.includes('wasm')) modules += 1;
      if (type.includes('javascript')) bodies.push(response.body().then(({ length }) => (scripts += length), () => {}));
    });
    await page.goto(url);
    // While developing, the page may be loaded anew once the bundler has found what to prepare.
    await page.waitForFunction(() => globalThis.outcome, undefined, { timeout: 120_000 });
    assert.equal(await page.evaluate(() => outcome), `${ANSWER}, ${ANSWER}`, log.join('\n'));
    await Promise.all(bodies);
    await page.close();
    return { scripts, modules };
  }

  /** The page works by the module's own file: what is there for those that do not find it is not loaded. */
  async function worksByFile(url) {
    const { scripts, modules } = await works(url);
    // What is inside of JavaScript has more than a megabyte; the rest is loaded by the page and by its worker.
    assert.ok(modules > 0 && scripts < 600_000, `${scripts} bytes of JavaScript, ${modules} modules`);
  }

  const addressOf = (directory) => `${server.url}/test/bundlers/out/${directory}/index.html`;

  for (const major of [5, 6, 7, 8]) {
    const { title, skip } = bundler('Vite', `vite${major}`);

    for (const entry of ['main', 'only-okta']) {
      test(`${title}, built: ${entry}`, { skip }, async () => {
        const { build, createLogger } = await import(`vite${major}`);
        const root = project(`vite${major}-${entry}`, entry);
        const warnings = [];
        const customLogger = { ...createLogger('silent'), warn: (words) => warnings.push(words), warnOnce: (words) => warnings.push(words) };
        await build({ root, base: './', customLogger });
        assert.deepEqual(warnings, []);
        await worksByFile(addressOf(`vite${major}-${entry}/dist`));
      });

      test(`${title}, while developing: ${entry}`, { skip }, async () => {
        const { createServer } = await import(`vite${major}`);
        const vite = await createServer({ root: project(`vite${major}-${entry}-dev`, entry), logLevel: 'silent', server: { host: '127.0.0.1' } });
        await vite.listen();
        try {
          await works(vite.resolvedUrls.local[0]);
        } finally {
          await vite.close();
        }
      });
    }

    test(`${title}, built: inline, one file`, { skip }, async () => {
      const { build } = await import(`vite${major}`);
      const root = project(`vite${major}-inline`, 'inline');
      await build({ root, base: './', logLevel: 'error' });
      assert.equal(readdirSync(`${root}dist/assets`).length, 1);
      await works(addressOf(`vite${major}-inline/dist`));
    });
  }

  const webpack = bundler('webpack');
  for (const entry of ['main', 'only-okta', 'inline']) {
    test(`${webpack.title}: ${entry}`, { skip: webpack.skip }, async () => {
      const context = project(`webpack-${entry}`, entry);
      const compiler = load('webpack')({ mode: 'production', context, entry: './main.js', output: { path: `${context}dist`, filename: 'main.js' } });
      const stats = await new Promise((resolve, reject) => compiler.run((error, result) => (error ? reject(error) : resolve(result))));
      assert.equal(stats.hasErrors(), false, stats.toString());
      if (entry === 'inline') assert.deepEqual(readdirSync(`${context}dist`), ['main.js']);
      cpSync(`${context}index.html`, `${context}dist/index.html`);
      await (entry === 'inline' ? works : worksByFile)(addressOf(`webpack-${entry}/dist`));
    });
  }

  const esbuild = bundler('esbuild');
  for (const [entry, format] of [['main', 'esm'], ['main', 'iife'], ['only-okta', 'esm'], ['inline', 'iife']]) {
    test(`${esbuild.title}, ${format}: ${entry}`, { skip: esbuild.skip }, async () => {
      const name = `esbuild-${entry}-${format}`;
      const root = project(name, entry);
      const options = format === 'esm' ? { splitting: true, format } : {};
      await load('esbuild').build({ entryPoints: [`${root}main.js`], outdir: `${root}dist`, bundle: true, ...options, logLevel: 'silent' });
      cpSync(`${root}index.html`, `${root}dist/index.html`);
      await works(addressOf(`${name}/dist`));
    });
  }

  const rollup = bundler('Rollup', 'rollup');
  for (const entry of ['main', 'only-okta', 'inline']) {
    test(`${rollup.title}: ${entry}`, { skip: rollup.skip }, async () => {
      const root = project(`rollup-${entry}`, entry);
      // Rollup alone finds no packages.
      const { nodeResolve } = await import('@rollup/plugin-node-resolve');
      const { rollup } = await import('rollup');
      const bundle = await rollup({ input: `${root}main.js`, plugins: [nodeResolve({ browser: true })] });
      await bundle.write(entry === 'inline' ? { file: `${root}dist/main.js`, format: 'iife' } : { dir: `${root}dist`, format: 'es' });
      await bundle.close();
      cpSync(`${root}index.html`, `${root}dist/index.html`);
      await works(addressOf(`rollup-${entry}/dist`));
    });
  }

  const next = bundler('Next.js', 'next');
  for (const kind of ['webpack', 'turbopack']) {
    for (const stage of ['built', 'while developing']) {
      test(`${next.title} with ${kind}, ${stage}`, { skip: next.skip }, async () => {
        const root = project(`next-${kind}-${stage[0]}`);
        cpSync(`${here}next`, root, { recursive: true });
        const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
        delete env.NODE_TEST_CONTEXT;
        // Vite has set it.
        delete env.NODE_ENV;
        if (stage === 'built') await run(root, bin('next'), ['build', `--${kind}`], env);
        const port = await freePort();
        const words = stage === 'built' ? ['start'] : ['dev', `--${kind}`];
        const child = spawn(bin('next'), [...words, '-H', '127.0.0.1', '-p', String(port)], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
        try {
          let told = '';
          for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (told += data));
          for (let turn = 0; turn < 300 && !/Ready|error/i.test(told); turn += 1) await new Promise((resolve) => setTimeout(resolve, 100));
          const answer = await fetch(`http://127.0.0.1:${port}/api`);
          assert.equal(`${answer.status} ${await answer.text()}`, ANSWER, told);
          await works(`http://127.0.0.1:${port}/`);
        } finally {
          child.kill();
        }
      });
    }
  }

  test('no bundler, in a static folder', async () => {
    const root = project('static');
    cpSync(`${root}node_modules/idpstore/dist`, `${root}idpstore`, { recursive: true });
    const map = { imports: { idpstore: './idpstore/index.js', 'idpstore/worker': './idpstore/worker.js' } };
    writeFileSync(`${root}index.html`, `<script type="importmap">${JSON.stringify(map)}</script>\n${readFileSync(`${here}page/index.html`, 'utf8')}`);
    await worksByFile(addressOf('static'));
  });
});

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
