'use strict';

const { spawn, execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const okta = require('@okta/okta-sdk-nodejs');

/** Starts the program that the variable IDPSTORE names, and gives its URL once it listens. */
async function listen(t, ...args) {
  const server = spawn(process.env.IDPSTORE, ['serve', '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => server.kill());
  for await (const line of readline.createInterface({ input: server.stdout })) {
    const url = line.match(/^listening on (https?:.*)$/);
    if (url) return url[1];
  }
  throw new Error('the server did not start');
}

/** Starts the program with a file of settings, and gives its URL. */
async function configured(t, settings, ...args) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'idpstore-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'idpstore.json');
  fs.writeFileSync(file, JSON.stringify(settings));
  return listen(t, '--config', file, ...args);
}

/** Starts the program, and gives a client for it once it listens. */
async function start(t, ...args) {
  const url = await listen(t, ...args);
  return (token = 'any') => client(`${url}/`, token);
}

/** The vendor's client as it comes, but for its repetitions, which a refused call would wait for. */
function client(orgUrl, token) {
  const requestExecutor = new okta.DefaultRequestExecutor({ maxRetries: 0 });
  return new okta.Client({ orgUrl, token, requestExecutor });
}

/** The files of a certification authority that exists for one test. */
function authority(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'idpstore-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=Partner',
    '-keyout', 'ca.key', '-out', 'ca.pem');
  return {
    certificate: fs.readFileSync(path.join(folder, 'ca.pem'), 'utf8').replace(/-----[^-]+-----|\s/g, ''),
    /** A certificate in PEM for a certification request in base64. */
    certify(csr) {
      fs.writeFileSync(path.join(folder, 'request.der'), Buffer.from(csr, 'base64'));
      return openssl('x509', '-req', '-inform', 'DER', '-in', 'request.der', '-days', '365',
        '-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '1').toString();
    },
  };
}

module.exports = { listen, configured, start, authority };
