// A request as a command. Its body and its token are kept by no store.

import type { ServedRequest } from '../../../../src/served.js';

/** What is sent where it is no JSON, by the end of the path; nothing where there is no body. */
const BODIES: [RegExp, string | undefined][] = [
  [/\/lifecycle\/(?:de)?activate$|\/keys\/generate$|\/clone$|\/_generate_certificate$/, undefined],
  [/\/lifecycle\/publish$/, "-H 'Content-Type: application/x-x509-ca-cert' --data-binary @certificate.der"],
  [/\/keys\/[^/]+\/csr$|\/environments\/[^/]+\/certificates$/, '-F file=@certificate.pem'],
];
const JSON_BODY = "-H 'Content-Type: application/json' --data-binary @body.json";

/** The command, in which nothing of the request has a meaning for a shell; without the URL of a server the user sets `BASE_URL`. */
export function curl({ method, path, query }: ServedRequest, server: string | undefined): string {
  const target = `${path}${query ? `?${query}` : ''}`.replaceAll("'", '%27');
  const url = server === undefined ? `"$BASE_URL"'${target}'` : `'${new URL(server).origin}${target}'`;
  return ['curl', `-X ${method.replaceAll(/\W/g, '')}`, '-H "Authorization: Bearer $TOKEN"', body(method, path), url].filter((part) => part !== undefined).join(' ');
}

function body(method: string, path: string): string | undefined {
  if (!['POST', 'PUT', 'PATCH'].includes(method)) return undefined;
  const special = BODIES.find(([end]) => end.test(path));
  return special ? special[1] : JSON_BODY;
}
