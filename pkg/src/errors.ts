import type { Problem } from './idpstore-types.js';

/** What went wrong outside of a vendor's API. A code never changes its meaning. */
export type ErrorCode =
  /** The store is open elsewhere, and not shared: in another process, or in a browser with `exclusive`. */
  | 'ERR_LOCKED'
  /** The tab that has the store does not answer: it is busy or frozen. The call was not carried out. */
  | 'ERR_OWNER_BUSY'
  /** The tab or worker that had the store ended before it answered. Whether the call was carried out is unknown. */
  | 'ERR_INTERRUPTED'
  /** The stored bytes are damaged, no store at all, or of a newer version. */
  | 'ERR_CORRUPT'
  /** The store was closed. */
  | 'ERR_CLOSED'
  /** The file or the browser's storage failed. */
  | 'ERR_STORAGE'
  /** The options contradict themselves, or one is unknown or does not fit. */
  | 'ERR_OPTIONS'
  /** This environment cannot do it. */
  | 'ERR_UNSUPPORTED'
  /** The request cannot be an HTTP request. */
  | 'ERR_REQUEST'
  /** A private key that was supplied is none, or none could be had. */
  | 'ERR_KEY'
  /** The store is sealed and locked, and the call needs a secret, or has one to be kept. */
  | 'ERR_SEALED'
  /** What is sealed cannot be opened with this passphrase or key. Nothing was changed. */
  | 'ERR_WRONG_KEY'
  /** The snapshot is of another store. */
  | 'ERR_SNAPSHOT'
  /** An API refused a typed call; `response` has its answer. */
  | 'ERR_RESPONSE'
  /** The store crashed inside, a defect of idpstore, and cannot be used any more. Others can, but those that were opened with its snapshots. */
  | 'ERR_CRASHED';

/** Okta's document of an error. */
export interface OktaRefusal {
  /** Such as `E0000001`. */
  errorCode: string;
  /** What went wrong. */
  errorSummary: string;
  /** The code again. */
  errorLink: string;
  /** The number of this answer. */
  errorId: string;
  /** What went wrong where, such as with each member of the body. */
  errorCauses?: { errorSummary: string }[];
}

/** PingOne's document of an error. */
export interface PingOneRefusal {
  /** The number of this answer. */
  id: string;
  /** Such as `INVALID_DATA`. */
  code: string;
  /** What went wrong. */
  message: string;
  /** What went wrong with each member of the body. */
  details?: { code: string; target?: string; message: string; innerError?: Record<string, unknown> }[];
}

/** ZITADEL's document of an error: the code is a number over REST and a name over Connect. */
export interface ZitadelRefusal {
  /** A code of gRPC, such as 5 or `not_found`. */
  code: number | string;
  /** What went wrong, with the id of the error in parentheses. */
  message: string;
  /** The same as messages of protobuf. */
  details?: Record<string, unknown>[];
}

/** The answer of an API that refused a call; `vendor` says which document `body` is, if it is one: `idpstore` that of the neutral API. */
export type Refusal =
  | { readonly vendor: 'okta'; readonly status: number; readonly body: OktaRefusal }
  | { readonly vendor: 'pingone'; readonly status: number; readonly body: PingOneRefusal }
  | { readonly vendor: 'zitadel'; readonly status: number; readonly body: ZitadelRefusal }
  | { readonly vendor: 'idpstore'; readonly status: number; readonly body: Problem }
  | { readonly vendor: undefined; readonly status: number; readonly body: unknown };

const BRAND = Symbol.for('idpstore.error');

/**
 * A failure with a stable `code`. Failures of a vendor's API are ordinary responses of `fetch` instead; a typed call throws
 * them as `ERR_RESPONSE`.
 */
export class IdpStoreError extends Error {
  /** The name of the class. */
  override readonly name = 'IdpStoreError';

  constructor(
    /** What went wrong. */
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions & { response?: Refusal },
  ) {
    super(message, options);
    if (options?.response) this.response = options.response;
  }

  /**
   * Whether something is an `IdpStoreError`, of this copy of the package or of another: a CommonJS module and an ES module have
   * each their own class, and so have `idpstore` and its other entries in Node.
   *
   * ```js
   * if (IdpStoreError.is(error) && error.code === 'ERR_LOCKED') …
   * ```
   */
  static is(error: unknown): error is IdpStoreError {
    return BRAND in Object(error);
  }

  /** @internal */
  readonly [BRAND] = true;

  /** What an API answered to a typed call (`ERR_RESPONSE`). */
  readonly response?: Refusal;
}

/** The error that the module reports as a text: a code, a space and a message. */
export function fromText(text: string): IdpStoreError {
  const space = text.indexOf(' ');
  return new IdpStoreError(text.slice(0, space) as ErrorCode, text.slice(space + 1));
}
