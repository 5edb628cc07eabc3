// Makes providers in a file until it is killed, and tells the number of each that was answered.
import { open } from 'idpstore';
import { oidc } from './documents.mjs';

const store = await open({ persist: process.argv[2] });
for (let number = 0; ; number += 1) {
  await store.providers.create(oidc(`Number ${number}`));
  process.stdout.write(`${number}\n`);
}
