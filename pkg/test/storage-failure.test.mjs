// A disk that is full, or fails in some other way, while a store in a file is written.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs, { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { open } from 'idpstore';
import { names, oidc } from './support/documents.mjs';

const directory = mkdtempSync(join(tmpdir(), 'idpstore-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const WORKING = { writeSync: fs.writeSync, ftruncateSync: fs.ftruncateSync, fdatasyncSync: fs.fdatasyncSync };
const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

/** Lets so many calls to the disk succeed from now on; returns a function that counts them. */
function breakAfter(allowed) {
  let count = 0;
  for (const [name, call] of Object.entries(WORKING)) {
    fs[name] = (file, ...given) => {
      count += 1;
      if (count <= allowed) return call(file, ...given);
      // Of what is written a part still finds its place.
      if (name === 'writeSync') call(file, given[0], given[1], given[2] >> 1, given[3]);
      throw full;
    };
  }
  return () => count;
}

function mend() {
  Object.assign(fs, WORKING);
}

/** How many providers are made: `cargo xtask soak` makes more than an ordinary run. */
const PROVIDERS = 3 * Number(process.env.IDPSTORE_TEST_TIMES ?? 1);

/** Makes some providers in a new file; gives the names of those that were answered, and what the next one threw. */
async function fill(store) {
  const answered = [];
  try {
    while (answered.length < PROVIDERS) answered.push((await store.okta.createIdentityProvider(oidc(`Number ${answered.length}`))).name);
    return { answered };
  } catch (refusal) {
    return { answered, refusal };
  }
}

const isFull = (error) => error.code === 'ERR_STORAGE' && error.cause === full && /open it again/.test(error.message);

test('wherever the disk fails, the call says so, and nothing that was answered is lost', async () => {
  const whole = await open({ persist: join(directory, 'whole.redb') });
  const calls = breakAfter(Infinity);
  assert.equal((await fill(whole)).answered.length, PROVIDERS);
  const most = calls();
  mend();
  await whole.close();
  assert.ok(most > 20, `${most} calls`);

  for (let allowed = 0; allowed < most; allowed += 1) {
    const path = join(directory, `${allowed}.redb`);
    const store = await open({ persist: path });
    breakAfter(allowed);
    const { answered, refusal } = await fill(store);
    if (refusal) {
      assert.ok(isFull(refusal), refusal);
      assert.deepEqual(await names(store), answered, 'what is there can be read');
    }
    await assert.rejects(store.okta.createIdentityProvider(oidc('More')), isFull);
    await assert.rejects(store.reset(), isFull);
    await store.close();
    mend();
    const again = await open({ persist: path });
    // Whether a call that failed was carried out, only the disk knows.
    assert.deepEqual((await names(again)).slice(0, answered.length), answered, `after ${allowed} calls`);
    await again.okta.createIdentityProvider(oidc('More'));
    await again.close();
  }
  console.log(`figures: ${most} failed calls of Node to the disk, and nothing was lost`);
});

test('a store on a disk that is full is not opened, and not harmed', async () => {
  const path = join(directory, 'closed.redb');
  breakAfter(0);
  await assert.rejects(open({ persist: path }), isFull);
  mend();
  const store = await open({ persist: path });
  assert.deepEqual(await names(store), []);
  await store.close();
});

test('the same with a limit of the system', { skip: process.platform === 'win32' && 'it has no `ulimit`' }, async () => {
  const path = join(directory, 'limited.redb');
  const filler = fileURLToPath(new URL('support/filler.mjs', import.meta.url));
  // In blocks of 512 bytes. The signal that comes with the error would end the process.
  const command = 'trap "" XFSZ; ulimit -f 4000; exec "$@"';
  const { stdout, stderr } = spawnSync('sh', ['-c', command, 'sh', process.execPath, filler, path], { encoding: 'utf8' });
  const { answered, code, message } = JSON.parse(stdout || JSON.stringify({ message: stderr }));
  assert.equal(code, 'ERR_STORAGE', message);
  assert.match(message, /EFBIG/);
  assert.ok(answered > 0);
  const store = await open({ persist: path });
  let there = 0;
  for await (const _ of store.providers.list({ limit: 200 })) there += 1;
  assert.ok(there === answered || there === answered + 1, `${there} of ${answered}`);
  await store.okta.createIdentityProvider(oidc('More'));
  await store.close();
});
