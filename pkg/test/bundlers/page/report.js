async function told(store) {
  const response = await store.fetch('https://example.okta.com/api/v1/idps');
  const words = `${response.status} ${await response.text()}`;
  await store.close();
  return words;
}

/** Puts what a store on the page and one in a worker answer where the test looks for it. */
export function report(open, openInWorker) {
  globalThis.outcome = Promise.all([open({ seed: 1 }).then(told), openInWorker({ seed: 1 }).then(told)]).then(
    (words) => words.join(', '),
    (error) => `${error.code} ${error.message}`,
  );
}
