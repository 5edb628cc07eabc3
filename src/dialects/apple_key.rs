//! Apple's private key in the dialects that never return it: the same key in another spelling is no change
//! (`docs/decisions/0061-which-secrets-are-returned.md`).

use serde_json::Value;

use super::parts::{apple_mut, put_secret};
use crate::model::{IdentityProvider, Secret};
use crate::pki::pkcs8;

/// Sets the key from a text, in PEM if it is a key in PKCS #8.
pub(super) fn put(p: &mut IdentityProvider, said: Option<Value>) -> Option<Value> {
    let slot = apple_mut(p).map(|key| &mut key.private_key);
    let pem = said.as_ref().and_then(Value::as_str).and_then(|text| pkcs8::to_pem(text.as_bytes()));
    let (Some(slot), Some(pem)) = (slot, pem) else {
        return put_secret(apple_mut(p).map(|key| &mut key.private_key), said);
    };
    let current = slot.as_ref().and_then(|key| pkcs8::to_pem(key.stored().as_bytes()));
    if current.as_ref() != Some(&pem) {
        *slot = Some(Secret::new(pem.to_string()));
    }
    None
}
