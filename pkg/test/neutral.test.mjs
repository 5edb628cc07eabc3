// The neutral API in WebAssembly: what it does natively.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { open } from 'idpstore';
import { differences, parse } from './support/scenario.mjs';

test('all operations of the neutral API answer in the module as natively', async () => {
  const scenario = parse(readFileSync(new URL('../../tests/api/transcript.json', import.meta.url), 'utf8'));
  assert.ok(scenario.steps.length > 90);
  assert.deepEqual(await differences(open, scenario), []);
});
