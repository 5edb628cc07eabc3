// The shared scenarios, in Node.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open } from 'idpstore';
import { cases } from './support/cases.mjs';
import { differences } from './support/scenario.mjs';

for (const [name, scenario] of cases()) {
  test(`${name}: ${scenario.about}`, async () => {
    assert.deepEqual(await differences(open, scenario), []);
  });
}

test('the comparison sees what is different', async () => {
  const step = { request: { method: 'GET', path: '/api/v1/idps' }, response: { status: 200, headers: { date: 'x' }, body: [1] } };
  const found = await differences(open, { steps: [step, { ...step, response: { status: 404 } }] });
  assert.equal(found.length, 4, found.join('\n'));
});
