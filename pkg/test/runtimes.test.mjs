// The tarball in what else runs JavaScript: Node 22 and 24, there with MSW 3, Deno, Bun and Cloudflare's workerd.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { cases } from './support/cases.mjs';
import { install, pkg, run } from './support/tarball.mjs';

const runtimes = `${pkg}test/runtimes/`;
const out = `${runtimes}out/`;
const installed = `${runtimes}node_modules/`;
const IN_ALL = ['api', 'character-sets', 'listen', 'node-file', 'options', 'scenarios', 'face', 'live', 'seed'].map((name) => `${name}.test.mjs`);

const NODE = { 22: 'node22/bin/node', 24: 'node24/bin/node' };
const DENO = '@deno/linux-x64-glibc/deno';
const BUN = '@oven/bun-linux-x64/bin/bun';
const WORKERD = '@cloudflare/workerd-linux-64/bin/workerd';

/** Why tests with a program are left out, if they are. In CI none is: there they fail. */
function missing(program) {
  const { status } = spawnSync(installed + program, ['--version'], { stdio: 'ignore' });
  const isThere = status === 0 || process.env.CI === 'true';
  return isThere ? false : `${program} is not there: this is no Linux on x64, or \`npm ci\` in test/runtimes/ has not been run`;
}

// These files then find the tarball where they find the package as it is built here.
before(async () => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  for (const name of [...IN_ALL, 'msw.test.mjs', 'support']) cpSync(`${pkg}test/${name}`, out + name, { recursive: true });
  await install(runtimes);
});

const environment = {
  ...process.env,
  IDPSTORE_CASES: fileURLToPath(new URL('../../tests/cases', import.meta.url)),
  NO_COLOR: '1',
};
// Node's runner would take itself for one of the files of the one around.
delete environment.NODE_TEST_CONTEXT;

/** Runs the files with a program, and makes sure that it has not just found none. */
async function passes(program, ...words) {
  const told = await run(out, installed + program, words, environment);
  const [, before, after] = /(\d+) pass|pass (\d+)/.exec(told) ?? [];
  assert.ok(Number(before ?? after) > cases().length, told);
}

for (const [version, node] of Object.entries(NODE)) {
  test(`Node ${version}, and MSW 3`, { skip: missing(node) }, async () => {
    const { version } = createRequire(`${out}any.mjs`)('msw/package.json');
    assert.match(version, /^3\./);
    await passes(node, '--test', '--test-reporter=tap', ...IN_ALL, 'msw.test.mjs');
  });
}

test('TypeScript with the types of MSW 3', async () => {
  cpSync(`${pkg}test/consumers/ts`, `${out}ts`, { recursive: true });
  for (const [module, resolution] of [['node16', 'node16'], ['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
    const options = ['-p', '.', '--module', module, '--moduleResolution', resolution];
    await run(`${out}ts`, `${pkg}node_modules/.bin/tsc`, options);
  }
});

test('Deno', { skip: missing(DENO) }, () =>
  passes(DENO, 'test', '--allow-all', '--no-check', '--cached-only', ...IN_ALL),
);

test('Bun', { skip: missing(BUN) }, () => passes(BUN, 'test', '--timeout', '120000', ...IN_ALL.map((name) => `./${name}`)));

test("Cloudflare's workerd", { skip: missing(WORKERD) }, async () => {
  writeFileSync(`${out}cases.json`, JSON.stringify(cases()));
  await build({
    entryPoints: [`${runtimes}worker.mjs`],
    outfile: `${out}worker.js`,
    bundle: true,
    format: 'esm',
    alias: { cases: `${out}cases.json` },
    external: ['idpstore/idpstore.wasm'],
    logLevel: 'silent',
  });
  writeFileSync(
    `${out}workerd.capnp`,
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (services = [(name = "test", worker = (
      compatibilityDate = "2026-01-01",
      modules = [
        (name = "worker", esModule = embed "worker.js"),
        (name = "idpstore/idpstore.wasm", wasm = embed "../node_modules/idpstore/dist/wasm/idpstore_bg.wasm"),
      ],
    ))]);`,
  );
  await run(out, installed + WORKERD, ['test', 'workerd.capnp'], environment);
});
