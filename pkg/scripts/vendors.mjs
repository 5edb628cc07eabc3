/** The vendors whose APIs there are, each of which has a module and an entry of its own. */
export const VENDORS = { okta: 'Okta', pingone: 'PingOne', zitadel: 'ZITADEL' };
