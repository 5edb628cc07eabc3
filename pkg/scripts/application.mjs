// How the console is bundled: as an application of its own, whose styles are a text in it.

export const APPLICATION = {
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  minify: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.css': 'text' },
  external: ['node:*'],
  logLevel: 'warning',
};
