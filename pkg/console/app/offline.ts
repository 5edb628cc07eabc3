// The service worker of the app: it keeps the app's own files, with which the app starts without a network. It is another thing
// than `idpstore/service-worker`, which answers the calls of a page.

/** The files with their digests, and one of them all. The build puts them in. */
declare const FILES: Record<string, string>;
declare const VERSION: string;

const worker = globalThis as unknown as ServiceWorkerGlobalScope;
const { scope } = worker.registration;
/** Other apps of this origin have caches of their own. */
const OURS = `idpstore console at ${scope} `;
const NAME = OURS + VERSION;
/** What is kept, by its path. The page has two. */
const kept = new Map(Object.keys(FILES).map((name) => [pathOf(name), name]));
kept.set(pathOf('index.html'), './');

worker.addEventListener('install', (event) => event.waitUntil(keep()));
worker.addEventListener('activate', (event) => event.waitUntil(forget()));
worker.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const name = origin === location.origin && event.request.method === 'GET' ? kept.get(pathname) : undefined;
  if (name !== undefined) event.respondWith(answer(name, event.request));
});

function pathOf(name: string): string {
  return new URL(name, scope).pathname;
}

/** Keeps all files of this version, or none: files of two versions need not fit each other. */
async function keep(): Promise<void> {
  const cache = await caches.open(NAME);
  const requests = Object.entries(FILES).map(([name, integrity]) => new Request(new URL(name, scope), { cache: 'reload', integrity }));
  await cache.addAll(requests);
}

/** Drops the files of older versions, whose pages are closed by now. */
async function forget(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== NAME).map((name) => caches.delete(name)));
}

async function answer(name: string, request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  return (await cache.match(new URL(name, scope))) ?? fetch(request);
}
