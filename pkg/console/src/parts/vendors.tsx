// The vendors whose APIs show a provider.

import { VENDOR_NAMES } from './plan.js';

export function Vendors({ of }: { of: string[] }) {
  return (
    <span class="vendors">
      {VENDOR_NAMES.filter(([vendor]) => of.includes(vendor)).map(([vendor, name]) => (
        <span key={vendor} class="badge" title={name}>
          {name}
        </span>
      ))}
    </span>
  );
}
