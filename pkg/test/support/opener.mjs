// Opens the store in a file, and closes it.
import { open } from 'idpstore';

const store = await open({ persist: process.argv[2] });
await store.close();
