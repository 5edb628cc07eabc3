// What runs in Cloudflare's workerd: the scenarios that all ports of the store share, and keys of WebCrypto.
import cases from 'cases';
import { open } from 'idpstore';
import wasm from 'idpstore/idpstore.wasm';
import { oidc, rotated } from '../support/documents.mjs';
import { differences } from '../support/scenario.mjs';

export default {
  async test() {
    for (const [name, scenario] of cases) {
      const found = await differences((options) => open({ ...options, wasm }), scenario);
      if (found.length > 0) throw new Error(`${name}: ${found.join('\n')}`);
    }
    const store = await open({ wasm });
    const { id } = await store.okta.createIdentityProvider(oidc('One'));
    const kid = await rotated(store, id);
    const told = await (await store.fetch(new Request(`https://example.okta.com/api/v1/idps/${id}`))).json();
    if (told.protocol.credentials.signing.kid !== kid) throw new Error('the provider signs with another key');
    const refused = await open({ wasm, persist: 'a.redb' }).catch(({ code }) => code);
    if (refused !== 'ERR_UNSUPPORTED') throw new Error(`a store that lasts: ${refused}`);
    await store.close();
  },
};
