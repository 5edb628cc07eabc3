// Writes the table of the messages of ZITADEL's procedures that are served, from the `.proto` files of the command.
import { readFileSync, writeFileSync } from 'node:fs';

/** The services, by how the paths of their operations start. */
const SERVICES = {
  '/admin/v1/': ['zitadel/admin/v1', 'AdminService'],
  '/management/v1/': ['zitadel/management/v1', 'ManagementService'],
  '/auth/v1/': ['zitadel/auth/v1', 'AuthService'],
  '/v2/idps': ['zitadel/idp/v2', 'IdentityProviderService'],
  '/v2/settings/': ['zitadel/settings/v2', 'SettingsService'],
  '/v2beta/settings/': ['zitadel/settings/v2beta', 'SettingsService'],
  '/v2/': ['zitadel/user/v2', 'UserService'],
  '/v2beta/': ['zitadel/user/v2beta', 'UserService'],
  '/resources/v3alpha/': ['zitadel/resources/user/v3alpha', 'ZITADELUsers'],
};
const SCALARS = { string: 's', bytes: 'y', bool: 'b', int32: 'i', uint32: 'u', uint64: 'U', 'google.protobuf.Timestamp': 't', 'google.protobuf.Duration': 'd' };

const declared = new Map([['nothing', []]]);
const methods = {};
const [messages, enums] = [[], []];
const places = new Map();

const { paths } = JSON.parse(readFileSync('../docs/openapi/zitadel.json', 'utf8'));
for (const [path, operations] of Object.entries(paths)) {
  const start = Object.keys(SERVICES).find((start) => path.startsWith(start));
  for (const { operationId } of start ? Object.values(operations) : []) {
    const [file, service] = SERVICES[start];
    const scope = read(file);
    const { input, output } = declared.get(`${scope}.${service}`).find(({ name }) => name === operationId);
    // No login ever ends here, so what one has brought is never answered.
    const isAnswered = !/^(Retrieve|Get)IdentityProviderIntent$/.test(operationId);
    (methods[`${scope}.${service}`] ??= {})[operationId] = [place(scope, input), isAnswered ? place(scope, output) : place('', 'nothing')];
  }
}
writeFileSync(
  'src/protobuf-table.ts',
  '// Made by scripts/protobuf.mjs of cli/proto.\n\n' +
    '/** The messages of each procedure; the fields of each message: number, name, type, and a label if it is not 0; the names and numbers of each enum. */\n' +
    `export const TABLE = JSON.parse(\n  '${JSON.stringify({ methods, messages: messages.map(text), enums })}',\n) as Table;\n\n` +
    'interface Table {\n  methods: Record<string, Record<string, [number, number]>>;\n  messages: string[];\n' +
    '  enums: Record<string, number>[];\n}\n',
);

/** The fields of a message as one text. */
function text(fields) {
  return fields.map(([number, name, type, label]) => `${number} ${name} ${type}${label ? ` ${label}` : ''}`).join();
}

/** Reads a file and those that it imports, and gives its package. */
function read(file) {
  const text = readFileSync(`../cli/proto/${file}.proto`, 'utf8').replaceAll(/\/\/.*/g, '');
  const scope = /^package (.*);$/m.exec(text)[1];
  if (declared.has(scope)) return scope;
  declared.set(scope, file);
  for (const [, imported] of text.matchAll(/^import "(zitadel.*)\.proto";$/gm)) read(imported);
  blocks(scope, text.split('\n').map((line) => line.trim()));
  return scope;
}

/** Notes what the lines of a block declare, up to its end. */
function blocks(scope, lines, fields = [], oneof) {
  while (lines.length) {
    const line = lines.shift();
    const opened = /^(service|message|enum|oneof) (\w+) \{(\})?$/.exec(line);
    const field = /^(repeated |optional )?([\w.]+|map<.*>) (\w+) = (\d+)(?: \[json_name = "(.*)"\])?;$/.exec(line);
    const method = /^rpc (\w+)\((.*)\) returns \((.*)\);$/.exec(line);
    const value = /^(\w+) = (\d+);$/.exec(line);
    if (line === '}') return fields;
    if (opened?.[1] === 'oneof') blocks(scope, lines, fields, opened[2]);
    else if (opened) declared.set(`${scope}.${opened[2]}`, opened[3] ? [] : blocks(`${scope}.${opened[2]}`, lines));
    else if (method) fields.push({ name: method[1], input: method[2], output: method[3] });
    else if (value) fields.push({ value: value[1], number: Number(value[2]) });
    else if (field) {
      const json = field[5] ?? field[3].replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase());
      // A map is entries (Protocol Buffers, "Maps"); there are only those of texts.
      const isMap = field[2] === 'map<string,string>';
      if (isMap) declared.set('entry', ['key', 'value'].map((json, at) => ({ number: at + 1, json, type: 'string' })));
      fields.push({ number: Number(field[4]), json, type: isMap ? 'entry' : field[2], label: isMap ? 'repeated' : field[1]?.trim(), oneof });
    }
  }
  return fields;
}

/** Where a type is in the table; it is put there if it is not. */
function place(scope, type) {
  if (SCALARS[type]) return SCALARS[type];
  let name = scope ? `${scope}.${type}` : type;
  for (let outer = scope; !declared.has(name); name = outer ? `${outer}.${type}` : type) {
    if (!outer && name === type) throw new Error(`there is no type ${type} in ${scope}`);
    outer = outer.split('.').slice(0, -1).join('.');
  }
  if (places.has(name)) return places.get(name);
  const members = declared.get(name);
  if (members[0]?.value !== undefined) {
    places.set(name, `e${enums.length}`);
    enums.push(Object.fromEntries(members.map(({ value, number }) => [value, number])));
  } else {
    const oneofs = [...new Set(members.map(({ oneof }) => oneof).filter(Boolean))];
    // 0: a value that is there unless it is zero; 1: repeated; 2: optional; from 3 on: of a oneof.
    const label = ({ label, oneof }) => (oneof ? 3 + oneofs.indexOf(oneof) : label === 'repeated' ? 1 : label === 'optional' ? 2 : 0);
    const byNumber = [...members].sort((a, b) => a.number - b.number);
    const fields = byNumber.map((member) => [member.number, member.json, place(name, member.type), label(member)]);
    // Those of the instance and of an organization are mostly the same.
    const same = messages.findIndex((other) => JSON.stringify(other) === JSON.stringify(fields));
    places.set(name, same < 0 ? messages.push(fields) - 1 : same);
  }
  return places.get(name);
}
