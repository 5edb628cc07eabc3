// What a page must not do, noted while it does it.

/** Notes of all pages of a context what leaves their origin, what the content security policy refuses, and what throws. */
export async function watch(context, origin) {
  const noted = [];
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(blob|data):/.test(url)) noted.push(`request: ${url}`);
  });
  context.on('weberror', (error) => noted.push(`error: ${error.error().message}`));
  await context.exposeBinding('noteViolation', (_, words) => noted.push(words));
  await context.addInitScript(() =>
    addEventListener('securitypolicyviolation', ({ blockedURI, violatedDirective }) => noteViolation(`refused: ${violatedDirective} ${blockedURI}`)),
  );
  return noted;
}

/** What pages of this context keep: in storage, and in cookies. */
export async function kept(page) {
  const stored = await page.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    url: location.href,
    state: history.state,
  }));
  return { ...stored, cookies: await page.context().cookies() };
}
