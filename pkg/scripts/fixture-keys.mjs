// Writes the pool of test keys as a module, from the same files that the native tests read.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const directory = '../tests/vectors/keys';
const files = readdirSync(directory).filter((name) => /^rsa-2048-.*\.pem$/.test(name)).sort();
const keys = files.map((name) => readFileSync(`${directory}/${name}`, 'utf8').replaceAll(/-----[^-]+-----|\s/g, ''));
const lines = keys.map((key) => `  '${key}',\n`).join('');
writeFileSync(
  'src/fixture-keys.ts',
  `// Made by scripts/fixture-keys.mjs. Everybody has these keys: they are for tests, and protect nothing.\n\n` +
    `/** PKCS #8 in base64. */\nexport const FIXTURE_KEYS: readonly string[] = [\n${lines}];\n`,
);
