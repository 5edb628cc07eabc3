// JSON Schema as TypeScript.

/** A comment for what follows, or nothing. */
export function doc(text, indent = '') {
  if (!text) return '';
  const lines = text.split('\n').flatMap((line) => wrapped(line, 110 - indent.length));
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

function wrapped(text, width) {
  const lines = [''];
  for (const word of text.replaceAll('*/', '* /').split(' ')) {
    if (lines.at(-1).length + word.length > width) lines.push('');
    lines.push(`${lines.pop()} ${word}`.trimStart());
  }
  return lines;
}

/** An exported type for each schema. `isOpen` lets texts be others than those that are listed: vendors add some. */
export function interfaces(schemas, isOpen) {
  return Object.entries(schemas)
    .map(([name, schema]) => {
      const about = doc(schema.description, '');
      const text = type(schema, '', isOpen);
      return text.startsWith('{') && !schema.oneOf && !schema.anyOf
        ? `${about}export interface ${name} ${text}\n`
        : `${about}export type ${name} = ${text};\n`;
    })
    .join('\n');
}

/** The type that a schema describes; `of` in it is a type of ours. */
export function type(schema, indent = '  ', isOpen = false) {
  if (schema === undefined || schema === true) return 'unknown';
  if (schema.of) return schema.of;
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if ('const' in schema) return literal(schema.const);
  if (schema.enum) return choice(schema.enum, isOpen);
  const several = schema.oneOf ?? schema.anyOf;
  if (several) return [...new Set(several.map((one) => type(one, indent, isOpen)))].join(' | ');
  if (Array.isArray(schema.type)) return schema.type.map((one) => type({ ...schema, type: one }, indent, isOpen)).join(' | ');
  if (schema.format === 'binary') return 'FileContent';
  switch (schema.type) {
    case 'array':
      return list(type(schema.items, indent, isOpen));
    case 'object':
      return object(schema, indent, isOpen);
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return schema.type;
    default:
      return schema.properties ? object(schema, indent, isOpen) : 'unknown';
  }
}

function literal(value) {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value);
}

function choice(values, isOpen) {
  const all = values.map(literal).join(' | ');
  // Other texts fit, too, and editors still offer those that are known.
  return isOpen ? `${all} | (string & {})` : all;
}

function list(item) {
  return /[ |&]/.test(item) && !item.startsWith('{') ? `(${item})[]` : `${item}[]`;
}

function object({ properties = {}, required = [], additionalProperties }, indent, isOpen) {
  if (Object.keys(properties).length > 0) return members(properties, required, indent, isOpen);
  const others = typeof additionalProperties === 'object' ? type(additionalProperties, indent, isOpen) : 'unknown';
  return `{ [name: string]: ${additionalProperties === false ? 'never' : others} }`;
}

/** The type of an object with these members. */
export function members(properties, required, indent, isOpen) {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?';
    return `${doc(schema.description, inner)}${inner}${key(name)}${mark}: ${type(schema, inner, isOpen)};\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

function key(name) {
  return /^[\w$]+$/.test(name) ? name : `'${name}'`;
}
