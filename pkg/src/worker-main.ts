// What runs in the worker: it opens one store and answers the page's questions about it.

import { Answering, answerTo } from './calls.js';
import type { Core } from './core.js';
import { IdpStoreError } from './errors.js';
import { hasLocks, lockIfFree } from './locks.js';
import { openCore } from './open-core.js';
import type { OpenOptions } from './options.js';
import type { Grant, Host, News, Question, Wish } from './worker-link.js';

const wishes = new Map<number, (grant: Grant) => void>();
let core: Core | undefined;
let answering: Answering | undefined;
let time = 0;
let lastWish = 0;

addEventListener('message', ({ data }: MessageEvent<Question | Grant>) => {
  if ('wish' in data) return granted(data);
  time = data.now ?? time;
  void answerTo(data.id, () => run(data)).then((message) => {
    const value = 'value' in message ? message.value : undefined;
    postMessage(message, { transfer: value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [] });
  });
});

/** Asks the page, and waits for what it has. */
function wish(of: Wish['of'], what: string): Promise<Grant['value']> {
  lastWish += 1;
  postMessage({ wish: lastWish, of, what } satisfies Wish);
  return new Promise((resolve, reject) => {
    wishes.set(lastWish, ({ value, error }) => (error === undefined ? resolve(value) : reject(new Error(error))));
  });
}

function granted(grant: Grant): void {
  wishes.get(grant.wish)?.(grant);
  wishes.delete(grant.wish);
}

/** The options, with the page's functions in place of those that could not be sent. */
function completed(options: OpenOptions, hosted: (keyof Host)[]): OpenOptions {
  const host: Required<Host> = {
    now: () => time,
    keys: async (spec) => (await wish('keys', spec)) as ArrayBuffer | ArrayBufferView,
    fetcher: async (url) => {
      const document = await wish('fetcher', url);
      return document ? new Response(document as BodyInit) : Response.error();
    },
  };
  return Object.assign({}, options, ...hosted.map((name) => ({ [name]: host[name] }))) as OpenOptions;
}

async function open(options: OpenOptions, hosted: (keyof Host)[]): Promise<void> {
  await showAlive();
  // A call of another tab brings no time of this page.
  const before = hosted.includes('now') ? async () => void (time = (await wish('now', '')) as number) : undefined;
  core = await openCore(completed(options, hosted), before);
  answering = new Answering(core);
  core.onWrite = () => postMessage({ changed: true } satisfies News);
}

/** Takes a lock that the browser gives back when this worker has ended, however that happens. */
async function showAlive(): Promise<void> {
  if (!hasLocks()) return;
  const alive = `idpstore-worker:${crypto.randomUUID()}`;
  await lockIfFree(alive);
  postMessage({ alive } satisfies News);
}

async function run(question: Question): Promise<unknown> {
  if (question.call === 'open') return open(question.options, question.hosted);
  if (!core || !answering) throw new IdpStoreError('ERR_CLOSED', 'the store is not open');
  return question.call === 'close' ? core.close() : answering.run(question);
}
