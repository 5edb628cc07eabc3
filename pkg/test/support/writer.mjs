// Makes providers in a file until it is killed, and prints the name of each that was answered.
import { open } from 'idpstore';
import { oidc } from './documents.mjs';

const [path, prefix] = process.argv.slice(2);
const store = await open({ persist: path });
for (let number = 0; ; number += 1) {
  const { name } = await store.okta.createIdentityProvider(oidc(`${prefix}-${number}`));
  process.stdout.write(`${name}\n`);
}
