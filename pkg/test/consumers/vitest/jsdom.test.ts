// @vitest-environment jsdom
import { open } from 'idpstore';
import { expect, test } from 'vitest';

test('a store where the web is that of jsdom', async () => {
  expect(document.title).toBe('');
  const store = await open();
  const answer = await store.fetch(new Request('https://example.okta.com/api/v1/idps'));
  expect(await answer.json()).toEqual([]);
  await store.close();
});
