// Writes the typed clients of all APIs from their OpenAPI documents: a class with a method for each operation, a type for
// each schema, and the names of all operations.
import { readFileSync, writeFileSync } from 'node:fs';

import { capital, GROUPS, vendors } from './groups.mjs';
import { doc, interfaces, members, type } from './types.mjs';
import { describe } from './usage.mjs';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const JSON_TYPE = 'application/json';
const FORM = 'multipart/form-data';
/** The parameter that `store.at` sends with each call. */
const OF_PAST = 'as_of';
/** As what a file is sent whose form is not known. */
const GENERAL = ['application/octet-stream', 'application/x-x509-ca-cert'];

const names = new Set();
for (const [api, vendor] of [['idpstore'], ['okta', 'Okta'], ['pingone', 'PingOne'], ['zitadel', 'Zitadel']]) {
  const document = read(`openapi/${api}.json`);
  if (vendor) describe(document);
  else describePortable(document.components.schemas);
  const isOpen = vendor !== undefined;
  writeFileSync(`src/${api}-types.ts`, types(api, document.components.schemas, isOpen));
  writeFileSync(`src/${api}-client.ts`, client(api, vendor, document));
  for (const operations of Object.values(document.paths)) for (const { operationId } of Object.values(operations)) if (operationId) names.add(operationId);
}
const listed = [...names].sort().map((name) => `  '${name}',\n`);
writeFileSync('src/operation-names.ts', `// Made by scripts/clients.mjs of docs/openapi.\n\nexport const OPERATIONS = [\n${listed.join('')}] as const;\n`);

function read(path) {
  return JSON.parse(readFileSync(`../docs/${path}`, 'utf8'));
}

/** Adds the schemas of portable documents; the protocols of providers are the same in them. */
function describePortable(schemas) {
  const { $defs, ...document } = read('idpstore.schema.json');
  const reference = (name) => ({ $ref: `#/components/schemas/Portable${camel(name)}` });
  const named = (schema) => JSON.parse(JSON.stringify(schema), (_, value) => (value?.$ref ? reference(value.$ref.split('/').at(-1)) : value));
  for (const [name, schema] of Object.entries($defs)) schemas[`Portable${camel(name)}`] = named(schema);
  schemas.PortableDocument = named(document);
  for (const name of ['protocol', 'linking']) Object.assign(schemas.Provider.properties, { [name]: reference(name) });
}

/** `TrustedKey` of `trusted_key`. */
function camel(name) {
  return name.split('_').map(capital).join('');
}

/** The module with the types of an API. */
function types(api, schemas, isOpen) {
  const text = interfaces(schemas, isOpen);
  return [
    made(api),
    ...(/\bFileContent\b/.test(text) ? [`import type { FileContent } from './content.js';\n`] : []),
    ...(isOpen ? [] : [`/** What a call answers: with \`plan: true\` what it would change. */\nexport type Planned<P, T> = P extends true ? Plan : T;\n`]),
    text,
  ].join('\n');
}

function made(api) {
  return `// Made by scripts/clients.mjs of docs/openapi/${api}.json.\n`;
}

/** The module with the client of an API. */
function client(api, vendor, { paths, components }) {
  const isOpen = vendor !== undefined;
  const classes = new Map();
  for (const [path, operations] of Object.entries(paths)) {
    for (const verb of METHODS.filter((verb) => verb in operations)) {
      const operation = operations[verb];
      const [group, name] = isOpen ? vendors(vendor, operation) : (GROUPS[operation.operationId] ?? unplaced(operation));
      if (!group) continue;
      const { about, methods } = classes.get(group.name) ?? { about: group.about, methods: [] };
      classes.set(group.name, { about, methods: [...methods, method(name, verb.toUpperCase(), path, operation, isOpen, components.schemas)] });
    }
  }
  const written = [...classes].map(([name, { about, methods }]) => {
    const parts = name === `${vendor}Client` ? [...classes].filter(([part]) => part !== name).map(part) : [];
    return `${doc(about)}export class ${name} extends Client {\n${[...parts, ...methods].join('\n')}}\n`;
  });
  const uses = (names) => names.filter((name) => new RegExp(`\\b${name}\\b`).test(`${written}`));
  const types = uses([...Object.keys(components.schemas), 'Planned']);
  return [
    made(api),
    `import { ${['Client', ...uses(['known', 'segment'])].join(', ')}, type Listing } from './client.js';`,
    `import type { FileContent } from './content.js';`,
    `import type {\n${types.map((name) => `  ${name},\n`).join('')}} from './${api}-types.js';\n`,
    ...written,
  ].join('\n');
}

/** The operations that a client has apart, such as those of an organization. */
function part([name, { about }]) {
  return `${doc(about, '  ')}  readonly ${name.replace(/^[A-Z][a-z]+/, '').toLowerCase()} = new ${name}(this.request);\n`;
}

function unplaced({ operationId }) {
  throw new Error(`scripts/groups.mjs has no place for ${operationId}`);
}

/** One method: its documentation, its types, and the call. */
function method(name, verb, path, operation, isOpen, schemas) {
  const given = (operation.parameters ?? []).filter((parameter) => parameter.in !== 'query' || parameter.name !== OF_PAST);
  const segments = given.filter((parameter) => parameter.in === 'path');
  const { body, file, beside } = taken(operation.requestBody?.content ?? {}, given, isOpen, schemas);
  const plans = mayPlan(operation.responses);
  const query = given.filter((parameter) => parameter.in === 'query' && !beside.includes(parameter.name));
  const answer = answered(operation.responses, isOpen);

  const result = answer.kind === 'listing' ? `Listing<${answer.type}>` : `Promise<${plans ? `Planned<P, ${answer.type}>` : answer.type}>`;
  const taking = segments.map((segment) => `${segment.name}: ${type(segment.schema)}`);
  if (body) taking.push(`body: ${body}`);
  if (query.length > 0) {
    const mark = query.some(({ required }) => required) ? '' : '?';
    const properties = Object.fromEntries(query.map(({ name, description, schema }) => [name, { ...schema, description }]));
    if (plans) properties.plan = { ...properties.plan, of: 'P' };
    taking.push(`query${mark}: ${members(properties, query.filter(({ required }) => required).map(({ name }) => name), '  ', isOpen)}`);
  }
  const at = segments.length > 0 ? `\`${path.replaceAll(/\{(\w+)\}/g, '${segment($1)}')}\`` : `'${path}'`;
  const passed = [`'${verb}'`, at, body ? 'body' : 'undefined', query.length > 0 ? `known(query, ${literals(query)})` : 'undefined', file ?? 'undefined'];
  while (passed.at(-1) === 'undefined') passed.pop();

  const lines = [operation.summary, ...segments.map(({ name, description }) => `@param ${name} ${description}`)];
  const head = `${name}${plans ? '<P extends boolean = false>' : ''}(${taking.join(', ')}): ${result}`;
  return `${doc(lines.join('\n'), '  ')}  ${head} {\n    return this.${answer.kind}(${passed.join(', ')});\n  }\n`;
}

function literals(parameters) {
  return `[${parameters.map(({ name }) => `'${name}'`).join(', ')}]`;
}

/** Whether an operation answers a plan of what it would do, if it is to. */
function mayPlan({ 200: response }) {
  return JSON.stringify(response ?? '').includes('#/components/schemas/Plan"');
}

/** The type of a body; where that is the content of a file, how it is sent, and which parameters of the query go with it. */
function taken(content, given, isOpen, schemas) {
  const schema = content[JSON_TYPE]?.schema;
  const media = Object.keys(content).filter((name) => name !== JSON_TYPE);
  if (media.length === 0) return { body: schema && type(schema, '  ', isOpen), beside: [] };
  if (FORM in content) return form(content, isOpen, schemas);
  const sent = GENERAL.find((name) => media.includes(name)) ?? media[0];
  if (!schema) return { body: 'FileContent', file: `{ type: '${sent}' }`, beside: [] };
  // A document of its own, in place of which a file may be sent.
  if (schema.$ref) return { body: `${type(schema, '  ', isOpen)} | { metadata: Uint8Array }`, file: `{ type: '${sent}', member: 'metadata' }`, beside: [] };
  const beside = given.filter((parameter) => parameter.in === 'query' && parameter.name in schema.properties).map(({ name }) => name);
  const member = Object.keys(schema.properties).find((name) => !beside.includes(name));
  const properties = { ...schema.properties, [member]: { of: 'FileContent', description: 'The content of the file: a text, or its bytes.' } };
  return { body: type({ ...schema, properties }, '  ', isOpen), file: `{ type: '${sent}', member: '${member}' }`, beside };
}

/** As `taken`, for a form with a file; without the file it may be JSON. */
function form({ [JSON_TYPE]: json, [FORM]: { schema } }, isOpen, schemas) {
  const { properties } = schemas[schema.$ref.split('/').at(-1)];
  const [member] = Object.entries(properties).find(([, { format }]) => format === 'binary');
  const types = [json?.schema, schema].filter(Boolean).map((one) => type(one, '  ', isOpen));
  return { body: types.join(' | '), file: `{ type: '${FORM}', member: '${member}' }`, beside: [] };
}

/** Which call of `Client` gives the answer, and its type. */
function answered(responses, isOpen) {
  const done = Object.keys(responses).filter((status) => status.startsWith('2'));
  // Where an operation plans, 200 is the plan, and another status what is done; elsewhere another may be that there is nothing.
  const status = mayPlan(responses) ? done.at(-1) : done[0];
  const [media, { schema } = {}] = Object.entries(responses[status].content ?? {})[0] ?? [];
  if (!media) return { kind: 'json', type: 'void' };
  if (!media.endsWith('json')) return { kind: 'text', type: 'string' };
  const plain = schema.oneOf?.find(({ $ref }) => !$ref?.endsWith('/Plan')) ?? schema;
  const { items, next } = plain.properties ?? {};
  if (items && next?.type === 'string') return { kind: 'listing', type: type(items.items, '  ', isOpen) };
  return { kind: 'json', type: type(plain, '  ', isOpen) };
}
