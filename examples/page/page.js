// An admin console without a server: providers are kept in this browser, and are still there tomorrow.
import { openInWorker } from 'idpstore/worker';

const [form, list, status] = ['form', 'ul', '[role=status]'].map((selector) => document.querySelector(selector));

let latest = 0;

try {
  const store = await openInWorker({ persist: 'example.redb' });
  await store.subscribe(() => show(store).catch(tell));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    store.okta.createIdentityProvider(provider(form.elements.name.value)).then(() => form.reset(), tell);
  });
  await show(store);
} catch (error) {
  tell(error);
}

async function show(store) {
  const turn = (latest += 1);
  const providers = await store.okta.listIdentityProviders();
  if (turn !== latest) return; // a later call shows what is there by now
  list.replaceChildren(
    ...providers.map(({ id, name }) => {
      const remove = Object.assign(document.createElement('button'), { textContent: `Remove ${name}` });
      remove.addEventListener('click', () => store.okta.deleteIdentityProvider(id).catch(tell));
      const item = document.createElement('li');
      item.append(`${name} (${id}) `, remove);
      return item;
    }),
  );
  status.textContent = providers.length === 1 ? '1 identity provider' : `${providers.length} identity providers`;
}

function tell(error) {
  status.textContent = error.message;
}

function provider(name) {
  return {
    type: 'OIDC',
    name,
    protocol: {
      type: 'OIDC',
      endpoints: {
        authorization: { url: 'https://idp.example/authorize', binding: 'HTTP-REDIRECT' },
        token: { url: 'https://idp.example/token', binding: 'HTTP-POST' },
        jwks: { url: 'https://idp.example/keys', binding: 'HTTP-REDIRECT' },
      },
      scopes: ['openid'],
      issuer: { url: 'https://idp.example' },
      credentials: { client: { client_id: 'id', client_secret: 'secret' } },
    },
    policy: {
      accountLink: { action: 'AUTO', filter: null },
      provisioning: { action: 'AUTO' },
      maxClockSkew: 0,
      subject: { userNameTemplate: { template: 'idpuser.email' }, matchType: 'USERNAME' },
    },
  };
}
