// The same types, as a CommonJS module of a program sees them.
import { open, type IdpStore } from 'idpstore';
import { listen } from 'idpstore/node';

export async function sample(): Promise<void> {
  const store: IdpStore = await open({ keys: 'fixture' });
  await (await listen(store)).close();
}
