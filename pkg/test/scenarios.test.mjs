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

test('large integers are sent and compared exactly', async () => {
  const path = '/v1/environments/00000000-0000-7000-8010-69647073746f/keys';
  const [, scenario] = cases().find(([name]) => name === 'pingone/generated-key.json');
  const step = scenario.steps.find(({ request }) => request.body?.serialNumber);
  assert.equal(step.request.path, path);
  assert.equal(step.request.body.serialNumber, 'integer 9223372036854775809');
  step.response.body.serialNumber = 'integer 9223372036854775810';
  assert.match((await differences(open, scenario)).join('\n'), /9223372036854775809.*9223372036854775810/);
});
