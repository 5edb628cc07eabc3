// Serves the package's folder and a few pages on loopback, to the browser of the tests.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { extname } from 'node:path';

const pkg = fileURLToPath(new URL('../..', import.meta.url));
const repository = fileURLToPath(new URL('../../..', import.meta.url));
const TYPES = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/** A server whose `/` is the package, beside the repository's examples; `/` itself is an empty page. */
export async function startServer() {
  const server = createServer(async (request, response) => {
    const asked = new URL(request.url, 'http://localhost').pathname;
    const path = asked.endsWith('/') && asked !== '/' ? `${asked}index.html` : asked;
    const root = /^[/](examples|pkg)[/]/.test(path) ? repository : pkg;
    try {
      const content = path === '/' ? '<!doctype html><title>idpstore</title>' : await readFile(root + path);
      const type = path === '/' ? 'text/html' : (TYPES[extname(path)] ?? 'application/octet-stream');
      response.writeHead(200, { 'content-type': type, 'service-worker-allowed': '/' }).end(content);
    } catch {
      response.writeHead(404).end('the server was asked');
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
