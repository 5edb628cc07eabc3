// Opens the store in a file, and closes it; an error's code is printed everywhere, which not all runtimes do by themselves.
import { open } from 'idpstore';

const store = await open({ persist: process.argv[2] }).catch((error) => {
  console.error(error.code);
  throw error;
});
await store.close();
