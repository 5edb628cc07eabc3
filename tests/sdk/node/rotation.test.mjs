// A rotation before the eyes of node-saml: at each step it verifies what we sign with the active key, with our metadata as
// it is then and as a partner has read it a step before. The keys are brought in by the test.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { SAML } from '@node-saml/node-saml';
import samlify from 'samlify';

const WIKI = '1900000000000000001';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

/** A folder with a store file in which two keys are spare, and what a command prints there. */
function open(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'idpstore-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const run = (program, ...args) => execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const idpstore = (...args) => run(process.env.IDPSTORE, ...args, '--db', 'idps.redb').toString();
  const keys = ['first', 'second'].map((name) => {
    run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', `/CN=${name}`,
      '-keyout', `${name}.key`, '-out', `${name}.pem`);
    const base64 = (...args) => run('openssl', ...args, '-outform', 'DER').toString('base64');
    return {
      pem: readFileSync(path.join(folder, `${name}.key`)),
      certificate: base64('x509', '-in', `${name}.pem`),
      document: {
        kid: name,
        private: base64('pkcs8', '-topk8', '-nocrypt', '-in', `${name}.key`),
        chain: [base64('x509', '-in', `${name}.pem`)],
        owners: ['partner', WIKI],
      },
    };
  });
  const protocol = {
    type: 'saml', entity_id: 'urn:partner', service_provider_entity_id: 'urn:us',
    single_sign_on: { location: 'https://partner.example/sso' },
  };
  const seed = {
    providers: [{ name: 'Partner', alias: 'partner', signing_key: 'first', protocol }],
    applications: [{ id: WIKI, name: 'Wiki', entity_id: 'urn:wiki', signing_key: 'first' }],
    signing_keys: keys.map((key) => key.document),
  };
  writeFileSync(path.join(folder, 'seed.json'), JSON.stringify(seed));
  idpstore('import', 'seed.json');
  const named = (kid) => {
    const { chain } = JSON.parse(idpstore('show', kid, '--json')).record;
    return keys.find((key) => key.certificate === chain[0]);
  };
  return { idpstore, named };
}

/** A request to sign out by redirect, signed with this key: its query. */
function signed(key, issuer) {
  const xml = '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0" '
    + `IssueInstant="${new Date().toISOString()}"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">`
    + `${issuer}</saml:Issuer><saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">ada</saml:NameID>`
    + '</samlp:LogoutRequest>';
  const query = new URLSearchParams({ SAMLRequest: deflateRawSync(xml).toString('base64'), SigAlg: RSA_SHA256 });
  query.set('Signature', createSign('sha256').update(query.toString()).sign(key.pem, 'base64'));
  return query;
}

/** A partner that has read this metadata: whether it takes a request. */
function partner(metadata, Entity) {
  const { entityMeta } = Entity({ metadata });
  const certificates = [entityMeta.getX509Certificate('signing')].flat();
  const issuer = entityMeta.getEntityID();
  const saml = new SAML({
    idpCert: certificates, idpIssuer: issuer, issuer: 'urn:them', callbackUrl: 'https://them.example/acs',
  });
  const takes = async (key) => {
    const query = signed(key, issuer);
    try {
      const { profile, loggedOut } = await saml.validateRedirectAsync(Object.fromEntries(query), query.toString());
      return loggedOut && profile.nameID === 'ada';
    } catch (error) {
      assert.equal(error.message, 'Invalid query signature');
      return false;
    }
  };
  return { certificates, takes };
}

for (const [owner, Entity] of [['partner', samlify.ServiceProvider], [WIKI, samlify.IdentityProvider]]) {
  test(`node-saml verifies what is signed for ${owner} through a whole rotation`, async (t) => {
    const { idpstore, named } = open(t);
    const look = () => {
      const metadata = idpstore('metadata', 'export', owner, '--base-url', 'https://us.example');
      const { keys } = JSON.parse(idpstore('rotate', 'status', owner, '--json'));
      return { ...partner(metadata, Entity), kids: keys.map((key) => key.kid) };
    };
    let read = look();
    const [first, second] = read.kids;
    assert.deepEqual(read.certificates, [named(first).certificate]);
    assert.ok(await read.takes(named(first)));
    assert.ok(!await read.takes(named(second)), 'it is not published yet');
    const steps = [
      [['prepare', owner, '--kid', second], first, 2],
      [['promote', second, owner, '--overlap', '14d'], second, 2],
      [['rollback', owner], first, 2],
      [['promote', second, owner, '--overlap', '14d'], second, 2],
      [['retire', first, owner], second, 1],
    ];
    for (const [step, active, published] of steps) {
      idpstore('rotate', ...step);
      const now = look();
      assert.deepEqual([now.kids[0], now.certificates.length], [active, published], step);
      assert.ok(await read.takes(named(active)) && await now.takes(named(active)), step);
      read = now;
    }
    assert.ok(!await read.takes(named(first)), 'it is retired');
  });
}
