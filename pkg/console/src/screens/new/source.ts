// Where a new provider comes from, and the call that makes it of that.

import { IdpStoreError } from '../../../../src/errors.js';
import type { Import, ImportedAggregate, ImportedMetadata, Plan, PortableDocument } from '../../../../src/idpstore-types.js';
import type { ConsoleStore } from '../../store.js';

export interface Source {
  /** Metadata, a discovery document or a portable document. */
  text: string;
  /** The bytes of the file that the text was read from; nothing once it was edited. */
  bytes?: Uint8Array | undefined;
  /** Where the partner publishes one of these; then there is no text. */
  url: string;
  /** A name for programs, or nothing. */
  alias: string;
  /** Which entity of metadata with several is taken, or nothing. */
  entityId: string;
  /** Whether all entities of the metadata are taken. */
  isAll: boolean;
  /** As what the partner knows us, or nothing. */
  clientId: string;
  /** With what we authenticate there, or nothing. */
  clientSecret: string;
}

export const EMPTY: Source = { text: '', url: '', alias: '', entityId: '', isAll: false, clientId: '', clientSecret: '' };

/** What a source is, as far as it can be seen here; `unreadable` is a text that is begun as JSON, and is none yet. */
export type SourceKind = 'none' | 'url' | 'metadata' | 'discovery' | 'document' | 'unreadable';

export function kindOf({ text, url }: Source): SourceKind {
  if (url) return 'url';
  if (!text.trim()) return 'none';
  if (!isJson(text)) return 'metadata';
  try {
    return 'issuer' in (JSON.parse(text) as object) ? 'discovery' : 'document';
  } catch {
    return 'unreadable';
  }
}

function isJson(text: string): boolean {
  return text.trimStart().startsWith('{');
}

/** Creates a provider, or plans that. */
export function creates(store: ConsoleStore, source: Source, plan: true): Promise<Plan | Import>;
export function creates(store: ConsoleStore, source: Source, plan: false): Promise<ImportedMetadata | ImportedAggregate | Import>;
export async function creates(store: ConsoleStore, source: Source, plan: boolean): Promise<Plan | ImportedMetadata | ImportedAggregate | Import> {
  const { text, url, isAll } = source;
  const alias = given({ alias: source.alias });
  const entity = given({ entity_id: source.entityId });
  const client = given({ client_id: source.clientId, client_secret: source.clientSecret });
  if (url) return store.providers.createFrom({ ...alias, ...entity, ...client, url }, { plan });
  if (!isJson(text)) {
    const metadata = source.bytes ?? inUtf8(text);
    return isAll ? store.providers.createAll({ metadata }, { plan }) : store.providers.create({ ...alias, ...entity, metadata }, { plan });
  }
  const document = JSON.parse(text) as PortableDocument & Record<string, unknown>;
  if (!('issuer' in document)) return store.import(document, { plan });
  return store.providers.createOidc({ ...alias, ...client, discovery: document }, { plan });
}

/** The members that are not empty. */
function given<M extends Record<string, string>>(members: M): Partial<M> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== '')) as Partial<M>;
}

/** Whether a call was refused because the metadata has several identity providers. */
export function isOfSeveral(error: unknown): boolean {
  const body = IdpStoreError.is(error) && error.response?.vendor === 'idpstore' ? error.response.body : undefined;
  const reasons = [body?.detail ?? '', ...(body?.violations ?? []).map(({ reason }) => reason)];
  return reasons.some((reason) => reason.includes('choose one by its entity id'));
}

const ENCODING = /^(\s*<\?xml\b[^>]*?)\s+encoding=["']([^"']*)["']/;

/** What is sent in UTF-8 must not name another encoding. */
function inUtf8(text: string): string {
  return text.replace(ENCODING, '$1');
}

/** A file as a text to be shown: in the encoding of its byte order mark or of its XML declaration, or else in UTF-8. */
export function decoded(bytes: Uint8Array): string {
  const mark = bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : undefined;
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  return decoder(mark ?? ENCODING.exec(start)?.[2] ?? 'utf-8').decode(bytes);
}

function decoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    return new TextDecoder();
  }
}
