// The requests that a server with a harness has answered, but those of the neutral API: the console itself makes these.

import { Requests } from '../../src/harness.js';
import type { ServedRequest } from '../../src/served.js';

const PATH = '/_idpstore/harness/requests';

/** Each time that they are read they are fetched anew, for the next time. */
class RequestsOfServer extends Requests {
  #isReading = false;

  constructor(private readonly list: () => Promise<ServedRequest[] | undefined>) {
    super();
  }

  override [Symbol.iterator](): Iterator<ServedRequest> {
    void this.#read();
    return super[Symbol.iterator]();
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const requests = await this.list().catch(() => undefined);
    this.#isReading = false;
    if (!requests) return;
    super.clear();
    for (const request of requests) this.note(request);
  }
}

/** The requests of the server, if it has a harness. */
export async function requestsOf(send: typeof fetch, token: string | undefined): Promise<Requests | undefined> {
  const list = async () => {
    const response = await send(PATH, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) return undefined;
    const { items } = (await response.json()) as { items: (Omit<ServedRequest, 'time'> & { time: string })[] };
    return items.filter(({ dialect }) => dialect !== 'api').map((item) => ({ ...item, time: Date.parse(item.time) }));
  };
  return (await list().catch(() => undefined)) && new RequestsOfServer(list);
}
