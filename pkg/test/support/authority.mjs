// A certificate authority of a moment and keys with certificates, by OpenSSL.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Its own certificate, and what certifies a request; all in base64. */
export function makeAuthority() {
  const folder = mkdtempSync(join(tmpdir(), 'idpstore-authority-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const openssl = (...words) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const base64 = (name) => readFileSync(join(folder, name), 'utf8').replace(/-----.*-----|\s/g, '');
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '400', '-subj', '/CN=Authority');
  return {
    certificate: base64('ca.pem'),
    issue(request) {
      const lines = request.match(/.{1,64}/g).join('\n');
      writeFileSync(join(folder, 'request.pem'), `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`);
      openssl('x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '200', '-out', 'issued.pem');
      return base64('issued.pem');
    },
  };
}

/** A key and its self-issued certificate: DER in base64, the key in PKCS #8. */
export function makeKey(name, { bits = 2048, days = 3650 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'idpstore-key-'));
  try {
    const openssl = (...words) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
    openssl('req', '-x509', '-newkey', `rsa:${bits}`, '-nodes', '-days', String(days), '-subj', `/CN=${name}`, '-keyout', 'key.pem', '-out', 'own.pem');
    const base64 = (...words) => openssl(...words, '-outform', 'DER').toString('base64');
    return { certificate: base64('x509', '-in', 'own.pem'), privateKey: base64('pkcs8', '-topk8', '-nocrypt', '-in', 'key.pem') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
