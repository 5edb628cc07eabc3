// Keys in a line each: what they are, when they end, and what is wrong with them.

import type { ComponentChildren } from 'preact';

import type { Key } from '../../../src/idpstore-types.js';
import { useCall } from '../store.js';
import { End } from './end.js';
import { reason } from './notices.js';

export function KeyLine({ kid, until, children }: { kid: string; until?: string | undefined; children?: ComponentChildren }) {
  const { value: key, error } = useCall((store) => store.keys.get(kid), [kid]);
  return (
    <li>
      {error !== undefined && <span class="error">{reason(error)}</span>}
      {key && <strong>{kindOf(key)}</strong>}
      {key?.expires && <End at={key.expires} />}
      {until && <End at={until} />}
      <Findings of={key?.findings ?? []} />
      <code class="key-id">{kid}</code>
      {children}
    </li>
  );
}

export function Findings({ of }: { of: string[] }) {
  return (
    <>
      {of.map((finding) => (
        <span key={finding} class="badge warn" title={finding}>
          {sentence(finding)}
        </span>
      ))}
    </>
  );
}

/** A finding without the name that programs know it by. */
export function sentence(finding: string): string {
  return finding.replace(/^[\w/]+: /, '');
}

/** The kind of a key, such as `EC P-256`. */
function kindOf({ jwk: { kty, crv, n } }: Key): string {
  // A modulus in base64url has four digits for three bytes.
  return crv ? `${kty} ${crv}` : `${kty} ${n ? Math.floor((n.length * 3) / 4) * 8 : ''}`;
}
