// One peer in a process of its own: `node peer.mjs NAME` prints what it took as JSON. Each is used as its own manual says,
// with the call that is nearest to creating and reading a provider.
import { oidc } from '../test/support/documents.mjs';

const PROVIDERS = 100;
const OKTA = 'https://example.okta.com';
const headers = { 'content-type': 'application/json', authorization: 'SSWS any' };
const json = async (answer) => (await answer).json();
const posted = (document) => ({ method: 'POST', headers, body: JSON.stringify(document) });

/**
 * What `start` of each gives: `first`, the first answer; `create` a provider, and `read` it by its id; `fresh`, a store for
 * one test that holds 100 providers, its first answer, and its end; `snapshot`, and `restore` with a first write.
 */
const PEERS = {
  /** A process with nothing but what `fetch` answers with. */
  nothing: () => ({ first: () => new Response('[]').json() }),

  async idpstore() {
    const { open } = await import('../dist/index.node.js');
    const baseUrl = OKTA;
    const store = await open({ seed: 1, baseUrl });
    let kept;
    return {
      first: () => json(store.fetch('/api/v1/idps')),
      create: async (name) => (await json(store.fetch('/api/v1/idps', posted(oidc(name))))).id,
      read: (id) => json(store.fetch(`/api/v1/idps/${id}`)),
      snapshot: async () => (kept = await store.snapshot()),
      restore: async () => {
        await store.restore(kept);
        await json(store.fetch('/api/v1/idps', posted(oidc('Again'))));
      },
      fresh: async () => {
        const other = await open({ snapshot: kept, baseUrl });
        await json(other.fetch('/api/v1/idps?limit=1'));
        await other.close();
      },
      close: () => store.close(),
    };
  },

  async msw() {
    const { http, HttpResponse } = await import('msw');
    const { setupServer } = await import('msw/node');
    let providers = new Map();
    const handlers = [
      http.get(`${OKTA}/api/v1/idps`, () => HttpResponse.json([...providers.values()].slice(0, 1))),
      http.get(`${OKTA}/api/v1/idps/:id`, ({ params }) => HttpResponse.json(providers.get(params.id))),
      http.post(`${OKTA}/api/v1/idps`, async ({ request }) => {
        const provider = { id: crypto.randomUUID(), ...(await request.json()) };
        providers.set(provider.id, provider);
        return HttpResponse.json(provider);
      }),
    ];
    const server = setupServer(...handlers);
    server.listen();
    let kept;
    const first = () => json(fetch(`${OKTA}/api/v1/idps`));
    const create = async (name) => (await json(fetch(`${OKTA}/api/v1/idps`, posted(oidc(name))))).id;
    return {
      first,
      create,
      read: (id) => json(fetch(`${OKTA}/api/v1/idps/${id}`)),
      snapshot: () => (kept = structuredClone(providers)),
      restore: async () => {
        providers = structuredClone(kept);
        await create('Again');
      },
      // As its manual shows it: one server for all tests, and what they share put back.
      fresh: async () => {
        server.resetHandlers();
        providers = structuredClone(kept);
        await first();
      },
      close: () => server.close(),
    };
  },

  // Its Okta has no identity providers: an application is the nearest that it has. It only listens on a port.
  async emulate() {
    const { createEmulator } = await import('emulate');
    const clients = Array.from({ length: PROVIDERS }, (_, number) => ({ client_id: `id-${number}`, client_secret: 'secret', name: `Number ${number}`, redirect_uris: ['https://example/'] }));
    const start = (port) => createEmulator({ service: 'okta', port, seed: { okta: { oauth_clients: clients } } });
    const application = (label) => ({ name: 'oidc_client', label, signOnMode: 'OPENID_CONNECT', settings: { oauthClient: { redirect_uris: ['https://example/'] } } });
    const emulator = await start(4018);
    const first = (url) => json(fetch(`${url}/api/v1/apps?limit=1`, { headers }));
    return {
      first: () => first(emulator.url),
      create: async (label) => (await json(fetch(`${emulator.url}/api/v1/apps`, posted(application(label))))).id,
      read: (id) => json(fetch(`${emulator.url}/api/v1/apps/${id}`, { headers })),
      // `reset` goes back to the seed; there is no snapshot of later.
      restore: async () => {
        emulator.reset();
        await json(fetch(`${emulator.url}/api/v1/apps`, posted(application('Again'))));
      },
      fresh: async () => {
        const other = await start(4019);
        await first(other.url);
        await other.close();
      },
      close: () => emulator.close(),
    };
  },

  async pglite() {
    const { PGlite } = await import('@electric-sql/pglite');
    const database = await PGlite.create();
    await database.exec('create table providers (id text primary key, name text, document jsonb)');
    const insert = 'insert into providers values ($1, $2, $3)';
    let kept;
    const fresh = async () => {
      const other = await PGlite.create({ loadDataDir: kept });
      await other.query('select document from providers limit 1');
      return other;
    };
    return {
      first: () => database.query('select document from providers limit 1'),
      create: async (name) => {
        const id = crypto.randomUUID();
        await database.query(insert, [id, name, oidc(name)]);
        return id;
      },
      read: async (id) => (await database.query('select document from providers where id = $1', [id])).rows[0].document,
      snapshot: async () => (kept = await database.dumpDataDir('none')),
      restore: async () => {
        const other = await fresh();
        await other.query(insert, ['again', 'Again', oidc('Again')]);
        await other.close();
      },
      fresh: async () => (await fresh()).close(),
      close: () => database.close(),
    };
  },

  async 'sql.js'() {
    const { Database } = await (await import('sql.js')).default();
    const database = new Database();
    database.run('create table providers (id text primary key, name text, document text)');
    const insert = 'insert into providers values (?, ?, ?)';
    let kept;
    const fresh = () => {
      const other = new Database(kept);
      other.exec('select document from providers limit 1');
      return other;
    };
    return {
      first: () => database.exec('select document from providers limit 1'),
      create: (name) => {
        const id = crypto.randomUUID();
        database.run(insert, [id, name, JSON.stringify(oidc(name))]);
        return id;
      },
      read: (id) => JSON.parse(database.exec('select document from providers where id = ?', [id])[0].values[0][0]),
      snapshot: () => (kept = database.export()),
      restore: () => {
        const other = fresh();
        other.run(insert, ['again', 'Again', JSON.stringify(oidc('Again'))]);
        other.close();
      },
      fresh: () => fresh().close(),
      close: () => database.close(),
    };
  },
};

/** The median of single calls, in milliseconds. */
async function each(times, call) {
  const taken = [];
  for (let turn = 0; turn < times; turn += 1) {
    const start = performance.now();
    await call(turn);
    taken.push(performance.now() - start);
  }
  return taken.toSorted((a, b) => a - b)[Math.floor(times / 2)];
}

const start = performance.now();
const peer = await PEERS[process.argv[2]]();
await peer.first();
const result = { start: performance.now() - start };
if (peer.create) {
  for (let number = 0; number < PROVIDERS; number += 1) await peer.create(`Number ${number}`);
}
result.memory = process.memoryUsage.rss() / 1e6;
// Before more are created: what is kept has 100 providers.
if (peer.snapshot) result.snapshot = await each(5, peer.snapshot);
if (peer.create) {
  result.createAndRead = await each(500, async (turn) => {
    const document = await peer.read(await peer.create(`Other ${turn}`));
    if (!JSON.stringify(document).includes(`Other ${turn}`)) throw new Error('it has read something else');
  });
  result.fresh = await each(9, peer.fresh);
  result.restore = await each(9, peer.restore);
  await peer.close();
}
console.log(JSON.stringify(result));
process.exit(0);
