// Where a new provider comes from, and the call that makes it of that.

import type { Import, ImportedMetadata, Plan, PortableDocument } from '../../../../src/idpstore-types.js';
import type { ConsoleStore } from '../../store.js';

export interface Source {
  /** Metadata, a discovery document or a portable document. */
  text: string;
  /** Where the partner publishes one of these; then there is no text. */
  url: string;
  /** A name for programs, or nothing. */
  alias: string;
}

/** Creates a provider, or plans that. */
export function creates(store: ConsoleStore, source: Source, plan: true): Promise<Plan | Import>;
export function creates(store: ConsoleStore, source: Source, plan: false): Promise<ImportedMetadata | Import>;
export async function creates(store: ConsoleStore, { text, url, alias }: Source, plan: boolean): Promise<Plan | ImportedMetadata | Import> {
  const given = alias ? { alias } : {};
  if (url) return store.providers.createFrom({ ...given, url }, { plan });
  if (!text.trimStart().startsWith('{')) return store.providers.create({ ...given, metadata: text }, { plan });
  const document = JSON.parse(text) as PortableDocument & Record<string, unknown>;
  if (!('issuer' in document)) return store.import(document, { plan });
  return store.providers.createOidc({ ...given, discovery: document }, { plan });
}
