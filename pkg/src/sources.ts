// Where a store gets what it cannot make: documents, private keys and its own module.

/** Fetches the document at a URL; `fetch` itself is one. */
export type Fetcher = (url: string) => Promise<Response>;

/** Makes a private key of a specification such as `RSA-2048` or `EC-P-256`: PKCS#8 in DER. */
export type KeySource = (spec: string) => Promise<ArrayBuffer | ArrayBufferView> | ArrayBuffer | ArrayBufferView;

/**
 * The WebAssembly module: where it is, a `Response` with it, its bytes, or a `WebAssembly.Module`, which is any object
 * to the compiler, and without lib.dom has no name there.
 */
export type WasmSource = string | object;
