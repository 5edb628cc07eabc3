// Makes providers in a file until one is refused; prints how many were answered, and the refusal.
import { open } from 'idpstore';
import { oidc } from './documents.mjs';

const store = await open({ persist: process.argv[2] });
let answered = 0;
try {
  for (;;) {
    await store.okta.createIdentityProvider(oidc(`Number ${answered}`));
    answered += 1;
  }
} catch ({ code, message }) {
  console.log(JSON.stringify({ answered, code, message }));
}
await store.close();
