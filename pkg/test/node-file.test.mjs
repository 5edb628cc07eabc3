// A store in a file: it lasts, one process has it, and native programs read and write the same bytes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { open } from 'idpstore';
import { names, oidc } from './support/documents.mjs';
import { noProgram, serve } from './support/native.mjs';

const directory = mkdtempSync(join(tmpdir(), 'idpstore-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
let count = 0;
const file = () => join(directory, `${(count += 1)}.redb`);

test('what was answered is there again', async () => {
  const path = file();
  let store = await open({ persist: path });
  const { id } = await store.okta.createIdentityProvider(oidc('One'));
  const key = await store.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 });
  await store.close();
  store = await open({ persist: pathToFileURL(path) });
  assert.deepEqual(await names(store), ['One']);
  assert.equal((await store.okta.listIdentityProviderSigningKeys(id))[0].kid, key.kid);
  const before = await store.snapshot();
  await store.okta.createIdentityProvider(oidc('Two'));
  await store.restore(before);
  assert.deepEqual(await names(store), ['One']);
  await store.close();
  assert.ok(statSync(path).size < 2 ** 17, 'a closed file is small');
});

test('a file is open once', async () => {
  const path = file();
  const store = await open({ persist: path });
  await assert.rejects(open({ persist: path }), { code: 'ERR_LOCKED' });
  assert.match(await openElsewhere(path), /ERR_LOCKED/);
  await store.close();
  assert.equal(await openElsewhere(path), '');
});

const posix = { skip: process.platform === 'win32' && 'files have no modes there' };

test('new files are for their owner alone, and others keep their modes', posix, async () => {
  const path = file();
  const mode = (name) => (statSync(name).mode & 0o777).toString(8);
  const umask = process.umask(0);
  try {
    await (await open({ persist: path })).close();
    assert.deepEqual([mode(path), mode(`${path}.lock`)], ['600', '600']);
    fs.chmodSync(path, 0o640);
    await (await open({ persist: path })).close();
    assert.equal(mode(path), '640');
  } finally {
    process.umask(umask);
  }
});

test('the folder of a new file is written to the disk', posix, async () => {
  const path = file();
  const own = fs.fsyncSync;
  const synced = [];
  fs.fsyncSync = (handle) => {
    synced.push([fs.fstatSync(handle).isDirectory(), existsSync(path), existsSync(`${path}.lock`)]);
    return own(handle);
  };
  try {
    await (await open({ persist: path })).close();
    assert.deepEqual(synced, [[true, true, true]]);
    await (await open({ persist: path })).close();
    assert.equal(synced.length, 1);
    const failing = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    fs.fsyncSync = () => {
      throw failing;
    };
    await assert.rejects(open({ persist: file() }), { code: 'ERR_STORAGE', cause: failing });
    fs.fsyncSync = () => {
      throw Object.assign(new Error('EINVAL'), { code: 'EINVAL' });
    };
    await (await open({ persist: file() })).close();
  } finally {
    fs.fsyncSync = own;
  }
});

test('a lock that is a link is refused, and leads nowhere', posix, async () => {
  const [path, elsewhere] = [file(), join(directory, 'elsewhere')];
  symlinkSync(elsewhere, `${path}.lock`);
  await assert.rejects(open({ persist: path }), { code: 'ERR_STORAGE', message: /is a link/ });
  writeFileSync(elsewhere, 'mine');
  await assert.rejects(open({ persist: path }), { code: 'ERR_STORAGE', message: /is a link/ });
  assert.deepEqual([existsSync(path), statSync(elsewhere).size], [false, 4]);
});

test('a system without `flock`, and one where it fails', { skip: process.platform !== 'linux' && 'it is not needed' }, async () => {
  const path = process.env.PATH;
  try {
    process.env.PATH = directory;
    await assert.rejects(open({ persist: file() }), { code: 'ERR_UNSUPPORTED', message: /util-linux/ });
    writeFileSync(join(directory, 'flock'), '#!/bin/sh\nexit 71\n', { mode: 0o755 });
    await assert.rejects(open({ persist: file() }), { code: 'ERR_STORAGE', message: /`flock` ended with 71/ });
  } finally {
    process.env.PATH = path;
  }
});

/** How often a process is killed: `cargo xtask soak` does more than an ordinary run. */
const KILLS = 2 * Number(process.env.IDPSTORE_TEST_TIMES ?? 1);

test('a process that is killed in the middle of writes loses nothing that was answered, and leaves no lock', async () => {
  const path = file();
  const answered = new Set();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = start('writer.mjs', path, `${kill}`);
    let words = '';
    child.stdout.on('data', (data) => (words += data));
    const enough = 1 + ((kill * 7) % 29);
    while (words.split('\n').length <= enough) await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    for (const name of words.slice(0, words.lastIndexOf('\n')).split('\n')) answered.add(name);
    const store = await open({ persist: path });
    const there = new Set();
    for await (const { name } of store.providers.list({ limit: 200 })) there.add(name);
    assert.deepEqual([...answered].filter((name) => !there.has(name)), [], `after kill ${kill}`);
    assert.ok(there.size <= answered.size + kill + 1, `${there.size} of ${answered.size}`);
    await store.close();
  }
  console.log(`figures: ${KILLS} kills of a Node process, ${answered.size} answered writes, and nothing was lost`);
});

test('a file that is no store is refused and left as it is', async () => {
  const path = file();
  writeFileSync(path, 'a letter to my bank, which is longer than one would think'.repeat(100));
  const before = statSync(path).size;
  await assert.rejects(open({ persist: path }), { code: 'ERR_CORRUPT' });
  assert.equal(statSync(path).size, before);
  const cut = file();
  await (await open({ persist: cut })).close();
  truncateSync(cut, 100);
  await assert.rejects(open({ persist: cut }), { code: 'ERR_CORRUPT' });
  await assert.rejects(open({ persist: join(directory, 'nowhere', 'a.redb') }), { code: 'ERR_STORAGE' });
});

test('native programs and Node read what the other wrote, one at a time', { skip: noProgram }, async () => {
  const path = file();
  let store = await open({ persist: path });
  await store.okta.createIdentityProvider(oidc('From Node'));
  await assert.rejects(serve(path), /open elsewhere/);
  await store.close();
  let server = await serve(path);
  const headers = { 'content-type': 'application/json' };
  const made = await fetch(`${server.url}/api/v1/idps`, { method: 'POST', headers, body: JSON.stringify(oidc('From afar')) });
  assert.equal(made.status, 200);
  await assert.rejects(open({ persist: path }), { code: 'ERR_LOCKED' });
  await server.stop('SIGKILL');
  store = await open({ persist: path });
  assert.deepEqual(await names(store), ['From Node', 'From afar']);
  await store.close();
  server = await serve(path);
  assert.equal((await (await fetch(`${server.url}/api/v1/idps`)).json()).length, 2);
  await server.stop();
});

/** Starts one of the programs in `support/` with these arguments. */
function start(program, ...given) {
  const script = fileURLToPath(new URL(`support/${program}`, import.meta.url));
  return spawn(process.execPath, [script, ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What the program that opens the file once has to complain. */
async function openElsewhere(path) {
  const child = start('opener.mjs', path);
  let words = '';
  child.stderr.on('data', (data) => (words += data));
  await once(child, 'close');
  return words;
}
