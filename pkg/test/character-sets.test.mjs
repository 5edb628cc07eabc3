// Metadata in windows-1252 is read as the Encoding standard says, whatever the platform's own decoder makes of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open } from 'idpstore';
import { vector } from './support/cases.mjs';

const { labels, upperHalf } = vector('windows-1252.json');

/** Metadata whose entity id ends in each byte from 0x80 on. */
function metadata(label) {
  const head = `<?xml version="1.0" encoding="${label}"?><EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:`;
  const bytes = Array.from({ length: 0x80 }, (_, index) => 0x80 + index);
  return Buffer.concat([Buffer.from(head), Buffer.from(bytes), Buffer.from('"><IDPSSODescriptor/></EntityDescriptor>')]).toString('base64');
}

test('windows-1252 is read by all its names', async () => {
  const store = await open({ seed: 1 });
  const send = async (method, path, body) => {
    const answer = await store.fetch(`https://example.com${path}`, { method, body: JSON.stringify(body) });
    assert.equal(answer.status, 200, `${method} ${path}`);
    return answer.json();
  };
  const { id } = await send('POST', '/admin/v1/idps/saml', { name: 'Partner', metadataXml: metadata('latin1') });
  for (const label of [...labels, 'LATIN1']) {
    await send('PUT', `/admin/v1/idps/saml/${id}`, { name: label, metadataXml: metadata(label) });
    const [provider] = await send('GET', '/api/v1/idps');
    assert.equal(provider.name, label);
    assert.equal(provider.protocol.credentials.trust.issuer, `urn:${upperHalf}`, label);
  }
  await store.close();
});
