// Runs a scenario of `tests/cases/`, whose README describes the format, in Node and in browsers alike. One may have a time, a
// base URL and documents that partners publish of its own.

const START = Date.UTC(2026, 0, 15, 10);
const BASE_URL = 'https://example.okta.com';
const encoder = new TextEncoder();

/** Runs all steps against stores that `open` opens; gives what was not as it should be, in words. */
export async function differences(open, scenario) {
  const { start: from = START, base_url: baseUrl = BASE_URL, documents } = scenario;
  let now = from;
  const store = await open({ entropy: 'counted', now: () => now, baseUrl, ...(documents && { fetcher: publisher(documents) }) });
  const found = [];
  for (const [index, step] of scenario.steps.entries()) {
    now += (step.advance ?? 0) * 1000;
    const { method, path } = step.request;
    const answer = await store.fetch(baseUrl + path, init(step.request));
    for (const words of await compare(step.response, answer)) found.push(`step ${index + 1} (${method} ${path}): ${words}`);
  }
  await store.close();
  return found;
}

/** Answers with these documents at their URLs. */
function publisher(documents) {
  return async (url) => (url in documents ? new Response(documents[url]) : new Response('', { status: 404 }));
}

function init({ method, headers = {}, body }) {
  const octets = bytes(body);
  if (octets === undefined) return { method, headers };
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return { method, headers: isJson(body) && !named ? { 'content-type': 'application/json', ...headers } : headers, body: octets };
}

/** JSON with the integers as texts that are larger than JavaScript's numbers are exact. */
export function parse(text) {
  return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (part) => (part[0] === '"' ? part : `"integer ${part}"`)));
}

/** Undoes that. */
function withNumbers(json) {
  return json.replace(/"integer (-?\d+)"/g, '$1');
}

function isJson(body) {
  return !(body !== null && typeof body === 'object' && ('text' in body || 'base64' in body || 'repeat' in body));
}

function bytes(body) {
  if (body === undefined) return undefined;
  if (isJson(body)) return encoder.encode(withNumbers(JSON.stringify(body)));
  if ('text' in body) return encoder.encode(body.text);
  if ('repeat' in body) return encoder.encode(body.repeat.repeat(body.times));
  return Uint8Array.from(atob(body.base64), (character) => character.charCodeAt(0));
}

async function compare(expected, answer) {
  const found = [];
  const differ = (what, wanted, got) => {
    const [left, right] = [JSON.stringify(got) ?? '', JSON.stringify(wanted) ?? ''];
    if (left === right) return;
    const from = Math.max(0, [...left].findIndex((character, at) => character !== right[at]) - 60);
    found.push(`${what} is …${left.slice(from, from + 160)}, not …${right.slice(from, from + 160)}`);
  };
  differ('status', expected.status, answer.status);
  for (const [name, wanted] of Object.entries(expected.headers ?? {})) {
    // A `Headers` joins several values of one name.
    differ(name, Array.isArray(wanted) ? wanted.join(', ') : wanted, answer.headers.get(name));
  }
  const octets = new Uint8Array(await answer.arrayBuffer());
  if (expected.body === undefined || !isJson(expected.body)) {
    differ('body', String.fromCharCode(...(bytes(expected.body) ?? [])), String.fromCharCode(...octets));
  } else {
    const text = new TextDecoder().decode(octets);
    differ('content-type', 'application/json', answer.headers.get('content-type'));
    differ('body', expected.body, parsed(text));
  }
  return found;
}

function parsed(text) {
  try {
    return parse(text);
  } catch {
    return { text };
  }
}
