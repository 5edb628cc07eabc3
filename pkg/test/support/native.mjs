// The native program, with which the package shares its files.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const { IDPSTORE_BIN: program, CI } = process.env;

/** How long the link to the console may take to be printed, in milliseconds. */
const PATIENCE = 10_000;

/** Why tests with the native program are left out, if they are: never in CI. */
export const noProgram = program || CI === 'true' ? false : 'IDPSTORE_BIN does not name the native program; `cargo xtask test` does';

/**
 * Serves a file, or memory if it is undefined; rejects with what the program prints if it does not come up. `link` is that to the
 * console.
 */
export async function serve(file, options = [], port = 0) {
  const db = file === undefined ? [] : ['--db', file];
  const child = spawn(program, ['serve', '--port', `${port}`, ...db, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let words = '';
  child.stderr.on('data', (data) => (words += data));
  const url = await new Promise((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(/listening on (\S+)/.exec(data)[1]));
    exited.then(() => setImmediate(() => reject(new Error(words))));
  });
  const link = async () => {
    const found = /console at (\S+)\n/.exec(words);
    if (found) return found[1];
    await once(child.stderr, 'data', { signal: AbortSignal.timeout(PATIENCE) }).catch((cause) => {
      throw new Error('no link was printed: was the program built with the feature `console`?', { cause });
    });
    return link();
  };
  return {
    url,
    link,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
    },
  };
}
