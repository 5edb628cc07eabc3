//! What PingOne asks of the rules.

use serde_json::Value;

use super::default_keys;
use super::documents::application::PROTOCOL;
use super::wire::{Kind, NAME};
use crate::dialects::kinds::ProviderKind as _;
use crate::service::{DefaultKey, KeyTypes, Policy, Unique};

/// The policy. What is a URL is checked with the documents, in PingOne's words.
pub(super) static POLICY: Policy = Policy {
    knows_provider: Kind::knows,
    name_length: 1..=usize::MAX,
    checks_urls: false,
    unique: &[Unique::TenantName, Unique::ProviderName, Unique::EntityId],
    trusted_keys: KeyTypes::Any,
    imports_valid_only: true,
    issued_for_days: None,
    // An application that speaks SAML keeps the default key that it got when another becomes the default.
    application_key: |application, _| {
        let protocol = application.remainders.get(NAME).and_then(|said| said.get(PROTOCOL));
        match protocol.and_then(Value::as_str) {
            Some("SAML") => DefaultKey::TenantsIfAny,
            _ => DefaultKey::None,
        }
    },
    forget_key: |tenant, key| default_keys::set(tenant, key, false),
    ..Policy::NEUTRAL
};
