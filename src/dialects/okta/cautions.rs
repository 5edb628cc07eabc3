//! What Okta cannot show of a rotation.

use super::wire::Kind;
use crate::dialects::kinds::ProviderKind as _;
use crate::error::excerpt;
use crate::model::IdentityProvider;

/// How many certificates of a partner Okta shows: one, and one besides.
const TRUSTED: usize = 2;

/// What Okta cannot show of a rotation: it has one certificate of ours at a time, and room for two of the partner's.
pub(super) fn cautions(before: &IdentityProvider, after: &IdentityProvider) -> Vec<String> {
    let mut found = Vec::new();
    if before.signing_key != after.signing_key
        && after.signing_key.is_some()
        && Kind::of(&after.protocol).is_some()
    {
        let name = excerpt(&after.name);
        found.push(format!(
            "Okta shows one signing certificate: users cannot sign in through `{name}` until the partner has the new one"
        ));
    }
    if after.trusted_keys.len() > TRUSTED && after.trusted_keys.len() > before.trusted_keys.len() {
        found.push(format!(
            "Okta shows {TRUSTED} of the {} certificates of the partner",
            after.trusted_keys.len()
        ));
    }
    found
}
