// A store that crashes, here because its memory is used up, ends alone.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { open } from 'idpstore';
import { names, oidc } from './support/documents.mjs';
import { withMemoryOf } from './support/modules.mjs';

const directory = mkdtempSync(join(tmpdir(), 'idpstore-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const wasm = withMemoryOf(6 * 2 ** 20);

/** Makes providers until the memory is used up; gives the names of those that were answered, and what ended it. */
async function fill(store) {
  const answered = [];
  const padding = 'x'.repeat(2 ** 18);
  for (;;) {
    const document = oidc(`Number ${answered.length}`);
    document.policy.note = padding;
    try {
      answered.push((await store.okta.createIdentityProvider(document)).name);
    } catch (error) {
      return { answered, error };
    }
  }
}

test('a store that crashes says so, and takes no other one with it', async () => {
  const [other, crashing] = [await open({ seed: 1, wasm }), await open({ seed: 1, wasm })];
  await other.okta.createIdentityProvider(oidc('One'));
  const { answered, error } = await fill(crashing);
  assert.ok(answered.length > 0);
  assert.equal(error.code, 'ERR_CRASHED');
  assert.ok(error.cause instanceof WebAssembly.RuntimeError, error.cause);
  for (const call of [() => crashing.fetch('/api/v1/idps'), () => crashing.snapshot(), () => crashing.reset()]) {
    await assert.rejects(call(), { code: 'ERR_CRASHED', cause: error.cause });
  }
  assert.deepEqual(await names(other), ['One']);
  const next = await open({ seed: 1, wasm });
  assert.deepEqual(await names(next), []);
  // Each has as much memory as the first had.
  for (const store of [other, next]) assert.ok((await fill(store)).answered.length > answered.length / 2);
  await Promise.all([other, crashing, next].map((store) => store.close()));
});

test('what a file held when its store crashed is there when it is opened again, even before the crashed one is closed', async () => {
  const path = join(directory, 'crashed.redb');
  const crashing = await open({ persist: path, wasm });
  const { answered, error } = await fill(crashing);
  assert.equal(error.code, 'ERR_CRASHED');
  assert.match(error.message, /opened again/);
  const again = await open({ persist: path, wasm });
  const [first] = await again.okta.listIdentityProviders({ limit: 1 });
  assert.equal(first.name, answered[0]);
  await Promise.all([crashing.close(), again.close()]);
});

test('what a crashed store leaves behind is never freed inside it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const memories = [];
  const own = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...given) => {
    const instance = await own(...given);
    memories.push(instance.exports.memory);
    return instance;
  };
  let crashing = await open({ seed: 1, wasm });
  WebAssembly.instantiate = own;
  const kept = await crashing.snapshot();
  let dropped = await crashing.snapshot();
  await fill(crashing);
  // As if it had crashed in the middle of something: with every number there 1, freeing a snapshot fails, too.
  new Uint32Array(memories[0].buffer).fill(1);
  crashing = dropped = undefined;
  // A finalizer that fails ends the process, or here the test.
  for (let turn = 0; turn < 20; turn += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.ok(kept);
});
