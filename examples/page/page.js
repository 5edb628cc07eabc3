// An admin console without a server: providers are kept in this browser, and are still there tomorrow.
import { openInWorker } from 'idpstore/worker';

const [form, list, status] = ['form', 'ul', '[role=status]'].map((selector) => document.querySelector(selector));

try {
  const store = await openInWorker({ persist: 'example.redb' });
  await store.subscribe(() => show(store));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await store.providers.create(provider(form.elements.name.value));
      form.reset();
    } catch (error) {
      status.textContent = error.message;
    }
  });
  await show(store);
} catch (error) {
  status.textContent = error.code === 'ERR_LOCKED' ? 'This page is open in another tab.' : error.message;
}

async function show(store) {
  const providers = await store.providers.list();
  list.replaceChildren(
    ...providers.map(({ id, name }) => {
      const remove = Object.assign(document.createElement('button'), { textContent: `Remove ${name}` });
      remove.addEventListener('click', () => store.providers.delete(id));
      const item = document.createElement('li');
      item.append(`${name} (${id}) `, remove);
      return item;
    }),
  );
  status.textContent = `${providers.length} identity providers`;
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
