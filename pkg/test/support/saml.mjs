// A partner that verifies what we sign, by node-saml, with the certificates of our metadata.
import assert from 'node:assert/strict';
import { createPrivateKey, createSign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';

import { SAML } from '@node-saml/node-saml';

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

/** Whether a partner that has read this metadata takes what is signed with a private key (PKCS #8, DER in base64). */
export async function takes(metadata, privateKey) {
  const [, issuer] = /entityID="([^"]+)"/.exec(metadata) ?? assert.fail('the metadata names no entity');
  const idpCert = [...metadata.matchAll(/use="signing"[^]*?X509Certificate>([^<]+)</g)].map(([, base64]) => base64.replace(/\s/g, ''));
  const saml = new SAML({ idpCert, idpIssuer: issuer, issuer: 'urn:them', callbackUrl: 'https://them.example/acs' });
  const query = signedOut(issuer, privateKey);
  try {
    const { profile, loggedOut } = await saml.validateRedirectAsync(Object.fromEntries(query), query.toString());
    return loggedOut && profile.nameID === 'ada';
  } catch (error) {
    assert.match(error.message, /signature/i);
    return false;
  }
}

/** A signed request to sign out by redirect: its query. */
function signedOut(issuer, privateKey) {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  const xml =
    '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ' +
    `ID="_1" Version="2.0" IssueInstant="${new Date().toISOString()}"><saml:Issuer>${issuer}</saml:Issuer>` +
    '<saml:NameID>ada</saml:NameID></samlp:LogoutRequest>';
  const query = new URLSearchParams({ SAMLRequest: deflateRawSync(xml).toString('base64'), SigAlg: RSA_SHA256 });
  query.set('Signature', createSign('sha256').update(query.toString()).sign(key, 'base64'));
  return query;
}
