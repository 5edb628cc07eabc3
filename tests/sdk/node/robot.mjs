// Makes and reads an application with Okta's SDK for Node and a private key, and prints its name. Which server, client and key:
// by the environment. In a process of its own, since Node reads at its start which authorities it trusts.

import okta from '@okta/okta-sdk-nodejs';

const { ORG_URL: orgUrl, CLIENT_ID: clientId, PRIVATE_KEY: privateKey } = process.env;
const client = new okta.Client({
  orgUrl, clientId, privateKey, authorizationMode: 'PrivateKey', scopes: 'okta.apps.manage',
  requestExecutor: new okta.DefaultRequestExecutor({ maxRetries: 0 }),
});
const settings = { app: { url: 'https://a.example' } };
const application = { name: 'bookmark', label: 'Wiki', signOnMode: 'BOOKMARK', settings };
const { id } = await client.applicationApi.createApplication({ application });
console.log((await client.applicationApi.getApplication({ appId: id })).label);
