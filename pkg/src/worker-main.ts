// What runs in the worker: it opens one store and answers the page's questions about it.

import { LocalCore } from './core.js';
import { IdpStoreError } from './errors.js';
import type { OpenOptions } from './options.js';
import { foreignSnapshot, type Snapshot } from './snapshot.js';
import type { Answer, Failure, Grant, Host, Question, Wish } from './remote.js';

const snapshots = new Map<number, Snapshot>();
const wishes = new Map<number, (grant: Grant) => void>();
let core: LocalCore | undefined;
let time = 0;
let lastWish = 0;
let lastSnapshot = 0;

addEventListener('message', ({ data }: MessageEvent<Question | Grant>) => {
  if ('wish' in data) return granted(data);
  time = data.now ?? time;
  void answer(data).then((message) => {
    const value = 'value' in message ? message.value : undefined;
    postMessage(message, { transfer: value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [] });
  });
});

/** Asks the page, and waits for what it has. */
function wish(of: Wish['of'], what: string): Promise<ArrayBuffer | ArrayBufferView | undefined> {
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

async function answer(question: Question): Promise<Answer> {
  try {
    return { id: question.id, value: await run(question) };
  } catch (error) {
    return { id: question.id, error: failure(error) };
  }
}

function failure(error: unknown): Failure {
  if (!(error instanceof IdpStoreError)) return { message: String(error), cause: cloneable(error) };
  const { code, message, cause } = error;
  return { code, message, cause: cloneable(cause) };
}

/** What can be sent, such as an error; of all else its text. */
function cloneable(cause: unknown): unknown {
  try {
    return structuredClone(cause);
  } catch {
    return String(cause);
  }
}

/** A snapshot that the page holds. */
function kept(number: number): Snapshot {
  const snapshot = snapshots.get(number);
  if (!snapshot) throw foreignSnapshot();
  return snapshot;
}

async function run(question: Question): Promise<unknown> {
  if (question.call === 'open') {
    core = await LocalCore.open(completed(question.options, question.hosted));
    return undefined;
  }
  if (!core) throw new IdpStoreError('ERR_CLOSED', 'the store is not open');
  switch (question.call) {
    case 'handle':
      return core.handle(question.message);
    case 'control':
      return core.control(question.name, question.given);
    case 'lastChange':
      return core.lastChange();
    case 'snapshot':
      lastSnapshot += 1;
      snapshots.set(lastSnapshot, await core.snapshot());
      return lastSnapshot;
    case 'bytesOf':
      return kept(question.snapshot).toBytes();
    case 'restore':
      return core.restore(typeof question.snapshot === 'number' ? kept(question.snapshot) : question.snapshot);
    case 'forget':
      snapshots.get(question.snapshot)?.[Symbol.dispose]();
      return void snapshots.delete(question.snapshot);
    case 'reset':
      return core.reset();
    case 'close':
      return core.close();
  }
}
