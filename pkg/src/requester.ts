// How requests reach a store: what `fetch` takes becomes a message, and what the module gives a response.

import type { Core } from './core.js';
import { dropped, type Requests } from './harness.js';
import { message, response, signalOf, unlessAborted } from './message.js';
import { web } from './web.js';

/** What a store was opened with, as far as requests are concerned. */
export interface RequestOptions {
  baseUrl?: string | URL;
  token?: string;
  bodyLimit?: number;
}

/** The requests to one store. */
export class Requester {
  constructor(
    private readonly core: Core,
    private readonly baseUrl: string | undefined,
    private readonly token: string | undefined,
    private readonly requests: Requests,
  ) {}

  /** Answers a request as the vendor's server would. */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = await message(input, init, this.baseUrl);
    const signal = signalOf(input, init);
    signal?.throwIfAborted();
    const answer = this.core.handle(request).then(this.#answered);
    return signal ? unlessAborted(answer, signal) : answer;
  };

  /** As `fetch`, with the token that the store requires. */
  readonly authorized = (path: string, init: RequestInit = {}): Promise<Response> => {
    if (this.token === undefined) return this.fetch(path, init);
    const headers = new web.Headers(init.headers);
    headers.set('authorization', `Bearer ${this.token}`);
    return this.fetch(path, { ...init, headers });
  };

  /** Answers a request of the test itself, not of the program that it tests: it meets no faults, and is not noted. */
  readonly own = async (path: string, init?: RequestInit): Promise<Response> => {
    const request = await message(path, init, this.baseUrl);
    return this.#answered(await this.core.handle({ ...request, isOwn: true }));
  };

  /** What the module gave, as a scripted fault lets it be seen. */
  readonly #answered = async (bytes: Uint8Array<ArrayBuffer>): Promise<Response> => {
    const [answer, noted] = response(bytes);
    if (noted) {
      this.requests.note(noted.served);
      if (noted.delay > 0) await new Promise((resolve) => setTimeout(resolve, noted.delay));
      if (noted.drop) throw dropped();
    }
    return answer;
  };
}
