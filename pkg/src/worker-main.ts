// What runs in the worker: it opens one store and answers the page's questions about it.

import { LocalCore } from './core.js';
import { IdpStoreError } from './errors.js';
import type { Answer, Question } from './remote.js';

const snapshots: object[] = [];
let core: LocalCore | undefined;

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  void answer(data).then((message) => {
    const value = 'value' in message ? message.value : undefined;
    postMessage(message, { transfer: value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [] });
  });
});

async function answer(question: Question): Promise<Answer> {
  try {
    return { id: question.id, value: await run(question) };
  } catch (error) {
    const { code, message } = error instanceof IdpStoreError ? error : { code: undefined, message: String(error) };
    return { id: question.id, error: code ? { code, message } : { message } };
  }
}

async function run(question: Question): Promise<unknown> {
  if (question.call === 'open') {
    core = await LocalCore.open(question.options);
    return undefined;
  }
  if (!core) throw new IdpStoreError('ERR_CLOSED', 'the store is not open');
  switch (question.call) {
    case 'handle':
      return core.handle(question.message);
    case 'changes':
      return core.changes(question.after, question.limit);
    case 'lastChange':
      return core.lastChange();
    case 'snapshot':
      return snapshots.push(await core.snapshot()) - 1;
    case 'restore':
      return core.restore(snapshots[question.snapshot] ?? {});
    case 'reset':
      return core.reset();
    case 'close':
      return core.close();
  }
}
