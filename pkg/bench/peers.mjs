// The package beside what a user would pick instead, as a table: `node peers.mjs`. Each peer is measured by `peer.mjs`, in
// processes that take turns, and the medians are shown.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

const TURNS = 7;
const here = fileURLToPath(new URL('.', import.meta.url));

/** What each is called, and what a program has to take along for it: JavaScript to bundle, and files beside it. */
const PEERS = {
  idpstore: { title: 'idpstore', from: '..', code: "export { open } from '../dist/index.node.js'", files: ['../dist/wasm/idpstore_bg.wasm'] },
  msw: { title: 'MSW', note: ', handlers by hand', code: "export { http, HttpResponse } from 'msw'; export { setupServer } from 'msw/node'", files: [] },
  emulate: { title: 'emulate', code: "export { createEmulator } from 'emulate'", files: [] },
  pglite: { title: 'PGlite', from: 'node_modules/@electric-sql/pglite', code: "export { PGlite } from '@electric-sql/pglite'", files: ['pglite.wasm', 'pglite.data', 'initdb.wasm'].map((name) => `node_modules/@electric-sql/pglite/dist/${name}`) },
  'sql.js': { title: 'sql.js', code: "export { default } from 'sql.js'", files: ['node_modules/sql.js/dist/sql-wasm.wasm'] },
};

/** Compressed, in kB. */
async function size({ code, files }) {
  // What the package has a second time, for bundlers that take no files along, is not loaded by Node.
  const options = { bundle: true, minify: true, format: 'esm', platform: 'node', write: false, external: ['./inlined/*'], logLevel: 'error' };
  const { outputFiles } = await build({ ...options, stdin: { contents: code, resolveDir: here } });
  const parts = [...outputFiles.map(({ contents }) => contents), ...files.map((name) => readFileSync(here + name))];
  return parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0) / 1000;
}

/** One process. */
function measure(name) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['peer.mjs', name], { cwd: here, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return JSON.parse(stdout);
}

function median(results, what) {
  const numbers = results.map((result) => result[what]).toSorted((a, b) => a - b);
  return numbers[Math.floor(numbers.length / 2)];
}

function named({ title, note = '', from = `node_modules/${title.toLowerCase()}` }) {
  return `${title} ${JSON.parse(readFileSync(`${here}${from}/package.json`, 'utf8')).version}${note}`;
}

/** The table in Markdown. */
export async function table() {
  const results = Object.fromEntries(['nothing', ...Object.keys(PEERS)].map((name) => [name, []]));
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const name of Object.keys(results)) results[name].push(measure(name));
  }
  const lines = [
    ['', 'import to first answer', 'create and read one', 'fresh store of 100', 'snapshot', 'restore and a write', 'size, gzip', 'memory'],
    ['---', ...Array(7).fill('---:')],
  ];
  const nothing = median(results.nothing, 'memory');
  for (const [name, peer] of Object.entries(PEERS)) {
    const ms = (what) => {
      const taken = median(results[name], what);
      return taken === undefined ? 'none' : `${taken < 10 ? taken.toFixed(2) : taken.toFixed(0)} ms`;
    };
    const times = ['start', 'createAndRead', 'fresh', 'snapshot', 'restore'].map(ms);
    lines.push([named(peer), ...times, `${(await size(peer)).toFixed(0)} kB`, `${(median(results[name], 'memory') - nothing).toFixed(0)} MB`]);
  }
  lines.push(['an empty process', `${median(results.nothing, 'start').toFixed(0)} ms`, '', '', '', '', '', `${nothing.toFixed(0)} MB in all`]);
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await table());
