// The package beside what a user would pick instead, in one run on one machine: trust the ratios.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import forge from 'node-forge';

import { open } from '../dist/index.js';
import { handlers } from '../dist/msw.js';
import { oidc } from '../test/support/documents.mjs';
import { click } from './page.mjs';
import { parts } from './parts.mjs';
import { table } from './peers.mjs';

// Node's own generator, which node-forge would use, is none that a browser has.
forge.options.usePureJavaScript = true;
const headers = { 'content-type': 'application/json' };
const dist = fileURLToPath(new URL('../dist/', import.meta.url));

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The median of single calls, in milliseconds. */
async function each(times, call) {
  const taken = [];
  for (let turn = 0; turn < times; turn += 1) {
    const start = performance.now();
    await call(turn);
    taken.push(performance.now() - start);
  }
  return median(taken);
}

/** The median of batches of calls, in microseconds for one. */
async function many(call) {
  for (let turn = 0; turn < 2000; turn += 1) await call();
  const batch = await each(15, async () => {
    for (let turn = 0; turn < 200; turn += 1) await call();
  });
  return (batch / 200) * 1000;
}

const tell = (what, value, unit, aim = '') => console.log(`  ${what.padEnd(58)}${value.toFixed(value < 10 ? 2 : 0).padStart(10)} ${unit}${aim && `   (aim: ${aim})`}`);

console.log('Package, compressed with gzip -9');
const compressed = (name) => gzipSync(readFileSync(dist + name), { level: 9 }).length / 1000;
tell('the module', compressed('wasm/idpstore_bg.wasm'), 'kB');
for (const vendor of ['okta', 'pingone', 'zitadel'].filter((name) => existsSync(`${dist}wasm/only-${name}.wasm`))) {
  tell(`the module with ${vendor} alone`, compressed(`wasm/only-${vendor}.wasm`), 'kB', 'at most 620');
}
const scripts = readdirSync(dist).filter((name) => name.endsWith('.js') && name !== 'index.node.js');
const script = scripts.reduce((sum, name) => sum + compressed(name), 0);
tell('the JavaScript of all entries', script, 'kB');
tell('together', compressed('wasm/idpstore_bg.wasm') + script, 'kB', 'under 500');
tell('the module by brotli', brotliCompressSync(readFileSync(`${dist}wasm/idpstore_bg.wasm`)).length / 1000, 'kB');
tell('the module, not compressed', statSync(`${dist}wasm/idpstore_bg.wasm`).size / 1000, 'kB');
if (process.env.IDPSTORE_MODULE) {
  console.log('  of its code, not compressed:');
  for (const [part, bytes] of parts(process.env.IDPSTORE_MODULE)) tell(`  ${part}`, bytes / 1000, 'kB');
}

console.log('From the import to the first answer, in a new process of Node');
const cold = (code) => {
  const script = `const start = performance.now(); ${code}; console.log(performance.now() - start);`;
  const taken = [];
  for (let turn = 0; turn < 15; turn += 1) {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' });
    taken.push(Number(stdout));
  }
  return median(taken);
};
const url = new URL('../dist/index.node.js', import.meta.url).href;
const whole = cold(`const { open } = await import('${url}'); await (await (await open({ seed: 1 })).fetch('/api/v1/idps')).json()`);
const empty = cold("await new Response('[]').json()");
tell('idpstore', whole, 'ms');
tell('the first `new Response` of an empty process', empty, 'ms');
tell('idpstore above that', whole - empty, 'ms', 'at most 25');
tell('MSW with one handler written by hand', cold(`const { http, HttpResponse } = await import('msw'); const { setupServer } = await import('msw/node'); setupServer(http.get('https://example.okta.com/api/v1/idps', () => HttpResponse.json([]))).listen(); await (await fetch('https://example.okta.com/api/v1/idps')).json()`), 'ms');

console.log('Beside its peers, each in processes of its own\n');
console.log(`${await table()}\n`);

console.log('From the click to the first answer, on a page with everything in its cache');
for (const [entry, call] of [['index.js', 'open'], ['worker.js', 'openInWorker'], ['inline.js', 'open']]) {
  const taken = await click(entry, call);
  if (taken === undefined) console.log('  left out: there is no browser');
  else tell(`${call} of ${entry}`, taken, 'ms', entry === 'inline.js' ? '' : 'at most 150');
}

console.log('One GET of a provider, until its JSON is read');
const store = await open({ seed: 1, baseUrl: 'https://example.okta.com' });
const provider = await store.okta.createIdentityProvider(oidc('One'));
const one = `https://example.okta.com/api/v1/idps/${provider.id}`;
tell('store.fetch, its answer not read', await many(() => store.fetch(one)), 'us', 'under 60');
tell('store.fetch', await many(async () => (await store.fetch(one)).json()), 'us');
const mock = async (...all) => {
  const server = setupServer(...all);
  server.listen();
  const taken = await many(async () => (await fetch(one)).json());
  server.close();
  return taken;
};
tell('idpstore/msw', await mock(...handlers(store)), 'us');
tell('MSW with a handler written by hand', await mock(http.get('https://example.okta.com/api/v1/idps/:id', () => HttpResponse.json(provider))), 'us');
const prism = spawn(process.execPath, ['node_modules/@stoplight/prism-cli/dist/index.js', 'mock', '-p', '4019', 'openapi.yaml'], { stdio: ['ignore', 'pipe', 'inherit'] });
for (let words = ''; !words.includes('listening'); ) words += (await once(prism.stdout, 'data'))[0];
prism.stdout.resume();
tell('Prism, with the same answer as an example', await many(async () => (await fetch(`http://127.0.0.1:4019/api/v1/idps/${provider.id}`)).json()), 'us');
prism.kill();
await once(prism, 'exit');

console.log('A signing key of RSA-2048 with its certificate');
const fresh = await open();
const { id } = await fresh.okta.createIdentityProvider(oidc('One'));
tell('idpstore, key by WebCrypto', await each(30, () => fresh.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 })), 'ms');
tell('node-forge, key alone, in JavaScript as in a browser', await each(9, () => forge.pki.rsa.generateKeyPair(2048)), 'ms');
await fresh.close();

for (const count of [1000, 10_000]) {
  console.log(`A store of ${count} providers in this thread: calls that could take longer than with few`);
  const large = await open({ seed: 1, baseUrl: 'https://example.okta.com' });
  const ask = (method, path, document) => large.fetch(path, { method, headers, body: document && JSON.stringify(document) });
  const create = (turn) => ask('POST', '/api/v1/idps', oidc(`New ${turn}`));
  const ids = [];
  for (let number = 0; number < count; number += 1) {
    ids.push((await (await ask('POST', '/api/v1/idps', oidc(`Number ${number}`))).json()).id);
  }
  const { _embedded } = await (await large.fetch('/v1/environments')).json();
  const pingone = `/v1/environments/${_embedded.environments[0].id}/identityProviders`;
  const search = (document) => ask('POST', '/admin/v1/idps/templates/_search', document);
  const timed = async (what, call, aim = 'under 50') => tell(what, await each(20, call), 'ms', aim);
  let snapshot;
  await timed('snapshot', async () => (snapshot = await large.snapshot()));
  await timed(
    'restore, and the write that copies',
    async (turn) => {
      await large.restore(snapshot);
      await create(turn);
    },
    count === 1000 ? 'under 5' : 'under 50',
  );
  await timed('create', create);
  await timed('replace', (turn) => ask('PUT', `/api/v1/idps/${ids[turn]}`, oidc(`Other ${turn}`)));
  await timed('delete', (turn) => ask('DELETE', `/api/v1/idps/${ids[turn]}`));
  await timed('1000 changes', () => large.history.changes({ limit: 1000 }));
  await timed('Okta: list of 200', () => large.fetch('/api/v1/idps?limit=200'));
  await timed('Okta: list by a part of the name', () => large.fetch('/api/v1/idps?limit=200&q=99'));
  await timed('PingOne: list of 100', () => large.fetch(`${pingone}?limit=100`));
  await timed('PingOne: list without a limit, so of all', () => large.fetch(pingone));
  await timed('ZITADEL: search for the first 100', () => search({ query: { limit: 100 } }));
  await timed('ZITADEL: search by name', () => search({ queries: [{ idpNameQuery: { name: 'Number 99' } }] }));
  await timed('ZITADEL: search without a limit, so for all', () => search({}));
  await timed('restore, and reset', async () => {
    await large.restore(snapshot);
    await large.reset();
  });
  await large.close();
}
await store.close();

console.log('A file of 10000 providers');
const folder = mkdtempSync(join(tmpdir(), 'idpstore-bench-'));
const persist = join(folder, 'bench.redb');
let lasting = await open({ persist });
for (let number = 0; number < 10_000; number += 1) await lasting.okta.createIdentityProvider(oidc(`Number ${number}`));
tell('its size', statSync(persist).size / 1e6, 'MB');
const again = async () => {
  await lasting.close();
  lasting = await open({ persist });
};
tell('close it, and open it again', await each(9, again), 'ms');
let kept;
// Once: each snapshot that is kept takes memory as large as the file, and the next one longer.
tell('snapshot', await each(1, async () => (kept = await lasting.snapshot())), 'ms');
tell('restore', await each(5, () => lasting.restore(kept)), 'ms');
tell('reset', await each(1, () => lasting.reset()), 'ms');
await lasting.close();
rmSync(folder, { recursive: true });
