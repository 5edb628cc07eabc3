// The package as it is published, put into projects that use it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package, with a slash at its end. */
export const pkg = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a program and gives what it wrote; fails with all of it if the program does. */
export async function run(directory, program, words, env = process.env) {
  const child = spawn(program, words, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (told += data));
  const [status] = await once(child, 'close');
  assert.equal(status, 0, `${program} ${words.join(' ')}:\n${told}`);
  return told;
}

/** Packs the package and installs it into a project; gives the path of the tarball. */
export async function install(project) {
  const directory = mkdtempSync(join(tmpdir(), 'idpstore-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const [packed] = JSON.parse(await run(pkg, 'npm', ['pack', '--json', '--silent', '--pack-destination', directory]));
  const tarball = join(directory, packed.filename);
  await run(project, 'npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', tarball]);
  return tarball;
}
