// The programs in `test/consumers/ts/`, compiled by one of the versions of TypeScript that are installed there.
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { pkg, run } from './tarball.mjs';

const consumers = `${pkg}test/consumers/`;
/** What `--module` is with each `--moduleResolution`. */
const MODULE = { node16: 'node16', nodenext: 'nodenext', bundler: 'esnext' };

/** Tests that a project compiles with a version, which is named as its folder is; declarations are checked, too. */
export function compiles(version, resolution, project = 'tsconfig.json') {
  const folder = `${consumers}node_modules/${version}`;
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  test(`TypeScript ${manifest.version}, resolving as ${resolution}, ${project}`, async () => {
    const options = ['--module', MODULE[resolution], '--moduleResolution', resolution, '--skipLibCheck', 'false'];
    await run(`${consumers}ts`, process.execPath, [`${folder}/bin/tsc`, '-p', project, ...options]);
  });
}
