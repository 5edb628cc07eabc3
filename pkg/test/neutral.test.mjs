// The neutral API in WebAssembly: what it does natively, in a module that is built for this test alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { open } from 'idpstore';
import { differences, parse } from './support/scenario.mjs';

const module = process.env.IDPSTORE_MODULE_WITH_API;
const skip = module ? false : 'IDPSTORE_MODULE_WITH_API does not name a module with the neutral API; `cargo xtask test npm` does';
const transcript = () => parse(readFileSync(new URL('../../tests/api/transcript.json', import.meta.url), 'utf8'));

test('all operations of the neutral API answer in the module as natively', { skip }, async () => {
  const wasm = readFileSync(module);
  const scenario = transcript();
  assert.ok(scenario.steps.length > 90);
  assert.deepEqual(await differences((options) => open({ ...options, wasm }), scenario), []);
});

test('the module that is published has no neutral API', async () => {
  const module = readFileSync(new URL(import.meta.resolve('idpstore/idpstore.wasm')));
  assert.ok(!module.includes('/_idpstore/v1/'));
});
