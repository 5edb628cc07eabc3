// Makes the console that `idpstore serve` shows at `/`, for the build of the command: `cargo xtask console`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

import { APPLICATION } from './application.mjs';

const OUT = '../cli/console';

const { outputFiles } = await build({ ...APPLICATION, entryPoints: { console: 'console/served/served.tsx' }, outdir: OUT, write: false });
mkdirSync(OUT, { recursive: true });
keep('console.js', Buffer.from(outputFiles[0].contents));
keep('index.html', readFileSync('console/served/index.html'));
keep('icon.svg', readFileSync('console/icon.svg'));

/** Writes a file unless it is there as it is: cargo builds anew what depends on one that was written. */
function keep(name, content) {
  const path = `${OUT}/${name}`;
  if (!existsSync(path) || !readFileSync(path).equals(content)) writeFileSync(path, content);
}
