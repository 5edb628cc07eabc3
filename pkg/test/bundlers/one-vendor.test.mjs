// The entries of one vendor each, in Node: they answer that vendor's scenarios as the whole module does, and no others.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { cases } from '../support/cases.mjs';
import { differences } from '../support/scenario.mjs';
import { install } from '../support/tarball.mjs';

const VENDORS = {
  okta: ['/api/v1/', '/oauth2/', '/app/'],
  pingone: ['/v1/environments'],
  zitadel: ['/admin/v1/', '/management/v1/', '/v2/', '/idps/', '/zitadel.'],
};

before(() => install(fileURLToPath(new URL('./', import.meta.url))));

for (const [vendor, starts] of Object.entries(VENDORS)) {
  describe(`idpstore/only-${vendor}`, () => {
    const own = ({ request }) => starts.some((start) => request.path.startsWith(start));
    const scenarios = cases().filter(([name, { steps }]) => name.startsWith(`${vendor}/`) && steps.every(own));
    for (const [name, scenario] of scenarios) {
      test(name, async () => {
        const { open } = await import(`idpstore/only-${vendor}`);
        assert.deepEqual(await differences(open, scenario), []);
      });
    }

    test('has scenarios, and no other API', async () => {
      console.log(`figures: ${scenarios.length} scenarios by idpstore/only-${vendor}`);
      assert.ok(scenarios.length > 2, 'there are too few scenarios');
      const { open } = await import(`idpstore/only-${vendor}`);
      const store = await open({ seed: 1 });
      for (const other of Object.keys(VENDORS).filter((name) => name !== vendor)) {
        const { status } = await store.fetch(`https://example.com${VENDORS[other][0]}idps`);
        assert.equal(status, 404, other);
      }
    });
  });
}
