import { open } from 'idpstore';

export const dynamic = 'force-dynamic';

export async function GET() {
  const store = await open({ seed: 1 });
  return store.fetch('https://example.okta.com/api/v1/idps');
}
