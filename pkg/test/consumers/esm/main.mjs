import { open } from 'idpstore';
import { listen } from 'idpstore/node';

const store = await open({ seed: 1 });
const listener = await listen(store);
const response = await fetch(`${listener.url}/api/v1/idps`);
console.log(response.status, await response.text());
await listener.close();
await store.close();
