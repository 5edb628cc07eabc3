// What a store with a harness notes of a request.

/** A request that was answered, without its headers and body. */
export interface ServedRequest {
  /** Its number: the first is 1. */
  number: number;
  /** When it was answered, by the store's clock: milliseconds since 1970. */
  time: number;
  /** The API, `api` for the neutral one; absent if the path belongs to none. */
  dialect?: 'okta' | 'pingone' | 'zitadel' | 'api';
  /** The operation, as the vendor names it; absent if none is served there. */
  operation?: string;
  /** The method. */
  method: string;
  /** The path, without the query. */
  path: string;
  /** The query without its `?`; values that may be secrets are empty. */
  query?: string;
  /** The status of the answer; 0 if a fault has closed the connection in its place. */
  status: number;
  /** The number of the change that it made, if it made one. */
  change?: number;
  /** Whether it met a scripted fault. */
  fault: boolean;
}

/** What comes with an answer of a store that has a harness. */
export interface Noted {
  served: ServedRequest;
  delay: number;
  drop: boolean;
}
