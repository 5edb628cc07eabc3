// The vendors whose APIs show a provider.

import { VENDOR_NAMES } from './plan.js';

export function Vendors({ of }: { of: string[] }) {
  return (
    <>
      {VENDOR_NAMES.filter(([vendor]) => of.includes(vendor)).map(([vendor, name]) => (
        <span key={vendor} class="badge">
          {name}
        </span>
      ))}
    </>
  );
}
