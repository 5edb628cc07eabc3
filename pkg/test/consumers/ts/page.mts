// A program for a page, whose compiler knows neither Node nor `Symbol.dispose` by its own settings.
import { open, type IdpStore, type Provider } from 'idpstore';
import { samlProvider } from 'idpstore/factories';
import { openInWorker } from 'idpstore/inline';
import { open as openOkta } from 'idpstore/only-okta';
import { useLive } from 'idpstore/react';
import { answerFetch } from 'idpstore/service-worker';

export async function sample(): Promise<void> {
  await using store = await open({ seed: samlProvider() });
  using snapshot = await store.snapshot();
  await openOkta({ snapshot: await snapshot.toBytes() });
  answerFetch(await openInWorker());
}

export function usePartners(store: IdpStore, name: string): Provider[] | undefined {
  return useLive(store, (query) => query.providers({ name }), [name]);
}
