// A program for Node alone, whose compiler does not know the DOM.
import { open, type IdpStore, type KeySource } from 'idpstore';
import { listen } from 'idpstore/node';
import { requestExecutor } from 'idpstore/okta';

const keys: KeySource = () => new Uint8Array();

export async function sample(wasm: ArrayBuffer): Promise<string> {
  const store: IdpStore = await open({ keys, wasm, now: () => Date.now() });
  const response = await store.fetch(new URL('http://localhost/api/v1/idps'), { signal: AbortSignal.timeout(1000) });
  void requestExecutor(store);
  await (await listen(store)).close();
  return response.text();
}
