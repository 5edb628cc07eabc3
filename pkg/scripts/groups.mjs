// Where a store has which operation of the neutral API: `GROUPS` names the class of each, and the method.

const group = (name, about) => ({ name, about });

const providers = group('ProviderCalls', 'Identity providers: `store.providers`.');
const applications = group('ApplicationCalls', 'Applications that sign in with us: `store.applications`.');
const tenants = group('TenantCalls', 'Tenants: `store.tenants`.');
const keys = group('KeyCalls', 'Keys, who uses them, and which certificates end soon: `store.keys`.');
const csrs = group('CsrCalls', 'Certification requests for new keys: `store.csrs`.');
const rotation = group('RotationCalls', 'The rotation of signing keys, with overlap: `store.rotation`.');
const metadata = group('MetadataCalls', 'What partners publish, and what we publish for them: `store.metadata`.');
const crossing = group('CrossingCalls', "What does not cross to another vendor's API, and why: `store.crossing`.");
const history = group('HistoryCalls', 'What was done, and how to undo it: `store.history`.');
const whole = group('StoreCalls', 'What is about all records: calls of the store itself.');

export const GROUPS = {
  getHealth: [whole, 'health'],
  getDescription: [],
  listTenants: [tenants, 'list'],
  createTenant: [tenants, 'create'],
  getTenant: [tenants, 'get'],
  deleteTenant: [tenants, 'delete'],
  listProviders: [providers, 'list'],
  createProvider: [providers, 'create'],
  createOidcProvider: [providers, 'createOidc'],
  createPublishedProvider: [providers, 'createFrom'],
  importAggregate: [providers, 'createAll'],
  getProvider: [providers, 'get'],
  deleteProvider: [providers, 'delete'],
  activateProvider: [providers, 'activate'],
  deactivateProvider: [providers, 'deactivate'],
  copyProvider: [providers, 'copy'],
  trustCertificate: [providers, 'trust'],
  distrustCertificate: [providers, 'distrust'],
  replaceDocument: [providers, 'replaceDocument'],
  listLinks: [providers, 'links'],
  importMetadata: [metadata, 'import'],
  importDiscovery: [metadata, 'importDiscovery'],
  refreshProviders: [metadata, 'refresh'],
  getMetadata: [metadata, 'of'],
  getKeySet: [metadata, 'keySet'],
  getCrossing: [crossing, 'of'],
  getCrossingText: [crossing, 'textOf'],
  getCrossingReport: [crossing, 'report'],
  getCrossingReportText: [crossing, 'reportText'],
  listCrossingRequests: [crossing, 'requests'],
  getCrossingScript: [crossing, 'script'],
  listApplications: [applications, 'list'],
  getApplication: [applications, 'get'],
  deleteApplication: [applications, 'delete'],
  listKeys: [keys, 'list'],
  getKey: [keys, 'get'],
  listReferences: [keys, 'references'],
  listUnusedKeys: [keys, 'unused'],
  listOwnersWithoutKey: [keys, 'ownersWithout'],
  listExpiring: [keys, 'expiring'],
  getRotation: [rotation, 'status'],
  prepareKey: [rotation, 'prepare'],
  promoteKey: [rotation, 'promote'],
  rollBackKey: [rotation, 'rollBack'],
  retireKey: [rotation, 'retire'],
  listRequests: [csrs, 'list'],
  getRequest: [csrs, 'get'],
  createRequest: [csrs, 'create'],
  deleteRequest: [csrs, 'delete'],
  publishCertificate: [csrs, 'publish'],
  getRecord: [history, 'record'],
  listRevisions: [history, 'of'],
  listChanges: [history, 'changes'],
  undoChange: [history, 'undo'],
  listDifferences: [history, 'diff'],
  exportDocument: [whole, 'export'],
  importDocument: [whole, 'import'],
  checkStore: [whole, 'check'],
};

/** The class and the method of an operation of a vendor: the name is the vendor's own, and a tag the class that it is in. */
export function vendors(name, { operationId, tags: [tag = 'client'] = [] }) {
  const vendor = name === 'Zitadel' ? 'ZITADEL' : name;
  const about = { client: `The operations of ${vendor}'s API, under the vendor's names.` }[tag] ?? `The operations of ${vendor}'s ${tag} API.`;
  return [group(`${name}${capital(tag)}`, about), operationId.charAt(0).toLowerCase() + operationId.slice(1)];
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
