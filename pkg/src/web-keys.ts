// Keys of a seal that a browser keeps: one of WebCrypto that no script can read, and one that a passkey makes.

import { IdpStoreError } from './errors.js';

/** What both kinds of keys make their octets of: other programs get others. */
const LABEL = new TextEncoder().encode('idpstore seal');

const DATABASE = 'idpstore-seal';
const KEYS = 'keys';

/**
 * 32 octets of the HMAC key of this name, which the browser keeps for this origin in IndexedDB, and which is made when there is none. No
 * script can read that key itself, so a copy of the site's files does not hold it; a script of the page can use it. It is gone
 * with the data of the site.
 *
 * ```js
 * const store = await openInWorker({ persist: 'admin.redb', seal: { key: () => webCryptoKey('admin') } });
 * ```
 */
export async function webCryptoKey(name: string): Promise<Uint8Array> {
  const { crypto, indexedDB } = globalThis as Partial<typeof globalThis>;
  if (!crypto?.subtle || !indexedDB) throw unsupported('there is no WebCrypto with IndexedDB here: a page needs https or localhost for it');
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const fresh = (await crypto.subtle.generateKey(algorithm, false, ['sign'])) as CryptoKey;
  return new Uint8Array(await crypto.subtle.sign('HMAC', await kept(indexedDB, name, fresh), LABEL));
}

/** The key that is kept by this name: this one, if there was none. */
async function kept(indexedDB: IDBFactory, name: string, fresh: CryptoKey): Promise<CryptoKey> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS);
  const database = await done(opening);
  try {
    const transaction = database.transaction(KEYS, 'readwrite', { durability: 'strict' });
    const keys = transaction.objectStore(KEYS);
    // In one transaction, so that tabs that do this at once get the same.
    const key = ((await done(keys.get(name))) as CryptoKey | undefined) ?? fresh;
    if (key === fresh) keys.add(fresh, name);
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(failed(transaction.error));
    });
    return key;
  } finally {
    database.close();
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failed(request.error));
  });
}

function failed(cause: unknown): IdpStoreError {
  return new IdpStoreError('ERR_STORAGE', `the browser keeps no keys for this page: ${String(cause)}`, { cause });
}

/** For whom a passkey is made. */
export interface PasskeyOptions {
  /** What the user is shown. */
  name: string;
  /** The domain; by default that of the page. */
  rpId?: string;
}

/** The PRF extension of WebAuthn, which not all types of TypeScript know. */
interface Prf {
  prf?: { enabled?: boolean; results?: { first?: BufferSource } };
}

/**
 * Makes a passkey for `passkeyKey`, and gives its id. An authenticator that makes no keys (the PRF extension of WebAuthn) is
 * refused with `ERR_UNSUPPORTED`.
 */
export async function createPasskey({ name, rpId }: PasskeyOptions): Promise<Uint8Array> {
  const publicKey = {
    challenge: crypto.getRandomValues(new Uint8Array(32)),
    rp: { name, ...(rpId === undefined ? {} : { id: rpId }) },
    user: { id: crypto.getRandomValues(new Uint8Array(16)), name, displayName: name },
    pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key' as const, alg })),
    authenticatorSelection: { residentKey: 'required' as const, userVerification: 'required' as const },
    extensions: { prf: {} },
  };
  const credential = (await credentials().create({ publicKey })) as PublicKeyCredential | null;
  if (!(credential?.getClientExtensionResults() as Prf | undefined)?.prf?.enabled) throw withoutPrf();
  return new Uint8Array(credential!.rawId);
}

/**
 * 32 octets that a passkey makes, after the user has agreed: the one with this id, or that which the user chooses. An authenticator that
 * makes none (the PRF extension of WebAuthn) is refused with `ERR_UNSUPPORTED`.
 *
 * ```js
 * await store.seal.unlock({ key: () => passkeyKey({ id }) });
 * ```
 */
export async function passkeyKey({ id, rpId }: { id?: Uint8Array; rpId?: string } = {}): Promise<Uint8Array> {
  const publicKey = {
    challenge: crypto.getRandomValues(new Uint8Array(32)),
    ...(rpId === undefined ? {} : { rpId }),
    allowCredentials: id ? [{ type: 'public-key' as const, id: id as BufferSource }] : [],
    userVerification: 'required' as const,
    extensions: { prf: { eval: { first: LABEL } } },
  };
  const credential = (await credentials().get({ publicKey })) as PublicKeyCredential | null;
  const first = (credential?.getClientExtensionResults() as Prf | undefined)?.prf?.results?.first;
  if (!first) throw withoutPrf();
  return new Uint8Array(ArrayBuffer.isView(first) ? first.buffer.slice(first.byteOffset, first.byteOffset + first.byteLength) : first);
}

function credentials(): CredentialsContainer {
  const { navigator } = globalThis as { navigator?: Partial<Navigator> };
  const credentials = 'PublicKeyCredential' in globalThis ? navigator?.credentials : undefined;
  if (!credentials) throw unsupported('there are no passkeys here: a page needs https or localhost for them');
  return credentials;
}

function withoutPrf(): IdpStoreError {
  return unsupported('the authenticator makes no keys of a passkey: it lacks the extension `prf` of WebAuthn');
}

function unsupported(words: string): IdpStoreError {
  return new IdpStoreError('ERR_UNSUPPORTED', words);
}
