// `idpstore/protobuf`: ZITADEL's own client, unmodified, with binary messages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';

import { open } from 'idpstore';
import { listen } from 'idpstore/node';
import { protobuf } from 'idpstore/protobuf';

const GET = '/zitadel.admin.v1.AdminService/GetProviderByID';
const ADD = '/zitadel.admin.v1.AdminService/AddGoogleProvider';
const LDAP = '/zitadel.admin.v1.AdminService/AddLDAPProvider';

const text = (number, words) => [(number << 3) | 2, words.length, ...Buffer.from(words)];
const framed = (message) => [0, 0, 0, 0, message.length, ...message];

async function started(t) {
  const store = await open({ seed: 1 });
  const listener = await listen(protobuf(store));
  t.after(async () => {
    await listener.close();
    await store.close();
  });
  const post = async (path, type, body) => {
    const response = await fetch(listener.url + path, { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) });
    return { status: response.status, type: response.headers.get('content-type'), body: Buffer.from(await response.arrayBuffer()) };
  };
  return { store, listener, post };
}

test('binary Connect and gRPC-Web add and read a provider', async (t) => {
  const { store, post } = await started(t);
  const google = [...text(1, 'one'), ...text(2, 'client'), ...text(3, 'secret'), ...text(4, 'openid'), ...text(4, 'email')];
  const added = await post(ADD, 'application/proto', google);
  assert.deepEqual([added.status, added.type], [200, 'application/proto']);
  const id = added.body.subarray(added.body[1] + 4).toString();
  const { idp } = await store.zitadel.admin.getProviderByID(id);
  assert.deepEqual([idp.name, idp.config.google.scopes], ['one', ['openid', 'email']]);

  const plain = await post(GET, 'application/proto', text(1, id));
  assert.ok(plain.body.includes('one') && !plain.body.includes('secret'));
  for (const type of ['application/grpc-web', 'application/grpc-web+proto', 'application/grpc-web-text']) {
    const isText = type.endsWith('text');
    const frame = framed(text(1, id));
    const pieces = [frame.slice(0, 4), frame.slice(4)].map((piece) => Buffer.from(piece).toString('base64')).join('');
    const read = await post(GET, type, isText ? Buffer.from(pieces) : frame);
    const body = isText ? Buffer.from(read.body.toString(), 'base64') : read.body;
    assert.equal(read.type, type);
    assert.deepEqual(body.subarray(5, 5 + body.readUInt32BE(1)), plain.body);
    assert.equal(body.subarray(10 + body.readUInt32BE(1)).toString(), 'grpc-status: 0\r\n');
  }
});

test('durations, times, lists and nested messages survive', async (t) => {
  const { store, post } = await started(t);
  const nested = (number, content) => [(number << 3) | 2, content.length, ...content];
  const message = [
    ...text(1, 'ldap'), ...text(2, 'ldap://b'), ...text(2, 'ldap://a'), 24, 1, ...text(4, 'dc'), ...text(5, 'cn'), ...text(6, 'p'),
    ...text(7, 'dn'), ...text(8, 'user'), ...text(9, 'uid'), ...nested(10, [8, 10, 16, 0x80, 0xca, 0xb5, 0xee, 1]),
    ...nested(11, text(1, 'uid')), 0xa2, 6, 1, 0x78,
  ];
  const added = await post(LDAP, 'application/proto', message);
  assert.equal(added.status, 200, added.body.toString());
  const id = added.body.subarray(added.body[1] + 4).toString();
  const { idp } = await store.zitadel.admin.getProviderByID(id);
  const { servers, startTls, timeout, attributes } = idp.config.ldap;
  assert.deepEqual([servers, startTls, timeout, attributes.idAttribute], [['ldap://b', 'ldap://a'], true, '10.500s', 'uid']);
  const read = await post(GET, 'application/proto', text(1, id));
  assert.ok(read.body.includes(Buffer.from([8, 10, 16, 0x80, 0xca, 0xb5, 0xee, 1])), 'the duration');
});

test('errors are those of the store', async (t) => {
  const { post, store } = await started(t);
  const words = "Identity Provider Configuration doesn't exist (QUERY-SAFrt)";
  const missing = await post(GET, 'application/proto', text(1, 'nope'));
  assert.deepEqual([missing.status, missing.type, JSON.parse(missing.body).message], [404, 'application/json', words]);
  const framedMissing = await post(GET, 'application/grpc-web', framed(text(1, 'nope')));
  assert.equal(framedMissing.body[0], 0x80);
  const trailers = framedMissing.body.subarray(5).toString();
  const details = Buffer.from(/grpc-status-details-bin: (.*)\r\n/.exec(trailers)[1], 'base64').toString();
  assert.ok(trailers.startsWith(`grpc-status: 5\r\ngrpc-message: ${words}\r\n`), trailers);
  assert.ok(details.includes('type.googleapis.com/zitadel.v1.ErrorDetail') && details.includes('QUERY-SAFrt'));

  assert.equal((await post(GET, 'application/proto', [10, 9, 1])).status, 400);
  assert.match((await post(GET, 'application/grpc-web', framed([10, 1, 255]))).body.toString(), /grpc-status: 13/);
  assert.match((await post('/zitadel.admin.v1.AdminService/Nope', 'application/grpc-web', framed([]))).body.toString(), /grpc-status: 12/);
  assert.equal((await post('/zitadel.admin.v1.AdminService/Nope', 'application/proto', [])).status, 404);
  const noted = store.requests.filter(({ dialect }) => dialect === 'zitadel').map(({ status }) => status);
  assert.deepEqual(noted, [404, 404, 415, 415, 404, 404]);
  const elsewhere = await post('/no.such.Service/Nope', 'application/proto', []);
  assert.deepEqual([elsewhere.status, JSON.parse(elsewhere.body).code], [404, 'unimplemented']);
  assert.equal((await post('/api/v1/idps', 'application/json', Buffer.from('{}'))).status, 400, 'the rest passes as it is');
});

test('the entry is small', () => {
  const size = (path) => readFileSync(new URL(`../dist/${path}`, import.meta.url)).length;
  assert.ok(size('protobuf.cjs') < 40_000, `${size('protobuf.cjs')}`);
  assert.ok(gzipSync(readFileSync(new URL('../dist/protobuf.cjs', import.meta.url))).length < 11_000);
});
