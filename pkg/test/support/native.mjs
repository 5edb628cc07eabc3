// The native program, with which the package shares its files.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const program = process.env.IDPSTORE_BIN;

/** Why tests with the native program are left out, if they are. */
export const noProgram = program ? false : 'IDPSTORE_BIN does not name the native program; `cargo xtask test` does';

/** Serves a file, or memory if it is undefined; rejects with what the program prints if it does not come up. */
export async function serve(file, options = []) {
  const db = file === undefined ? [] : ['--db', file];
  const child = spawn(program, ['serve', '--port', '0', ...db, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let words = '';
  child.stderr.on('data', (data) => (words += data));
  const url = await new Promise((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(/listening on (\S+)/.exec(data)[1]));
    exited.then(() => setImmediate(() => reject(new Error(words))));
  });
  return {
    url,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
    },
  };
}
