//! Endpoints of partners in the documents of vendors that know one for each purpose.

use serde_json::Value;

use super::parts::{put_text, saml, saml_mut};
use crate::model::{Endpoint, IdentityProvider};

/// Sets where an endpoint is; all else about it stays, or goes with it.
pub(super) fn put_location(slot: Option<&mut Option<Endpoint>>, said: Option<Value>) -> Option<Value> {
    let Some(slot) = slot else { return said };
    let mut location = None;
    let left = put_text(Some(&mut location), said);
    let old = slot.take().unwrap_or_default();
    *slot = location.map(|location| Endpoint { location, ..old });
    left
}

/// Lets endpoints of `old` stay beside those that have replaced them in `new`, where a vendor's document knows one of
/// each purpose: if the binding is now that of an alternative, the old endpoint takes the place of that alternative.
pub(super) fn keep_alternatives(old: &IdentityProvider, new: &mut IdentityProvider) {
    let (Some(old), Some(new)) = (saml(old), saml_mut(new)) else { return };
    let endpoints =
        [(&old.single_sign_on, &mut new.single_sign_on), (&old.single_logout, &mut new.single_logout)];
    for (old, new) in endpoints {
        let (Some(old), Some(new)) = (old, new) else { continue };
        let alternative = new.alternatives.iter_mut().find(|other| other.binding == new.binding);
        if let Some(alternative) = alternative.filter(|_| old.binding != new.binding) {
            *alternative = Endpoint { alternatives: Vec::new(), ..old.clone() };
        }
    }
}
