// The types, as every version of TypeScript that the README names reads them. `cargo xtask soak bundlers` runs this; the
// newest version, and the oldest, are also in `test/package.test.mjs`.
import { before } from 'node:test';

import { install, pkg } from '../support/tarball.mjs';
import { compiles } from '../support/typescript.mjs';

before(() => install(`${pkg}test/consumers/`));

for (const version of ['typescript-5.2', 'typescript-5.9', 'typescript-6', 'typescript']) {
  for (const resolution of ['node16', 'nodenext', 'bundler']) compiles(version, resolution);
  compiles(version, 'nodenext', 'tsconfig.node.json');
  compiles(version, 'bundler', 'tsconfig.page.json');
}
