// Makes `dist/app/`: the console as an app, a folder of static files for any place.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { build } from 'esbuild';

import { APPLICATION } from './application.mjs';

const FROM = 'console/app';
const OUT = 'dist/app';
const options = {
  ...APPLICATION,
  outdir: OUT,
  // What an environment lacks.
  inject: ['src/globals.ts'],
  // The app has its module and its worker in files.
  external: [...APPLICATION.external, './inlined/*'],
};

export async function buildApp() {
  mkdirSync(`${OUT}/wasm`, { recursive: true });
  for (const name of ['index.html', 'manifest.webmanifest', 'icon-192.png', 'icon-512.png']) cpSync(`${FROM}/${name}`, `${OUT}/${name}`);
  cpSync('console/icon.svg', `${OUT}/icon.svg`);
  cpSync('src/wasm/idpstore_bg.wasm', `${OUT}/wasm/idpstore_bg.wasm`);
  await build({ ...options, entryPoints: [`${FROM}/app.ts`, 'src/worker-main.ts'], entryNames: '[name]' });
  const names = readdirSync(OUT, { recursive: true }).filter((name) => statSync(`${OUT}/${name}`).isFile());
  // By the name that a browser asks for: some servers know no other of the page.
  const named = names.sort().map((name) => [name === 'index.html' ? './' : name, digest(readFileSync(`${OUT}/${name}`))]);
  const files = Object.fromEntries(named);
  const define = { FILES: JSON.stringify(files), VERSION: JSON.stringify(digest(JSON.stringify(files))) };
  await build({ ...options, entryPoints: [`${FROM}/offline.ts`], inject: [], define });
}

function digest(content) {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}
