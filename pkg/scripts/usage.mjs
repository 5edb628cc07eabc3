// What a schema without a description is for, by where it is used: in which operations, or else in which other schemas.

/** Describes all schemas of an API that have no description. */
export function describe({ info, paths, components: { schemas } }) {
  const operations = Object.values(paths).flatMap((path) => Object.values(path).filter(({ operationId }) => operationId));
  for (const [name, schema] of Object.entries(schemas)) {
    const using = (part) => operations.filter((operation) => mentions(part(operation), name)).map(({ operationId }) => operationId);
    const taken = using(({ requestBody }) => requestBody);
    const given = using(({ responses }) => responses);
    const within = Object.keys(schemas).filter((other) => other !== name && mentions(schemas[other], name));
    const uses = [taken.length > 0 && `taken by ${some(taken)}`, given.length > 0 && `answered by ${some(given)}`].filter(Boolean);
    const words = uses.length > 0 ? uses.join(', ') : `a part of ${some(within)}`;
    schema.description ??= `A document of ${info.title}'s API: ${words}.`;
  }
}

function mentions(part, name) {
  return JSON.stringify(part ?? '').includes(`"#/components/schemas/${name}"`);
}

/** The first names, each once. */
function some(names) {
  const all = [...new Set(names)];
  return `${all.slice(0, 3).map((name) => `\`${name}\``).join(', ')}${all.length > 3 ? ' and others' : ''}`;
}
