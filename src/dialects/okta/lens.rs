//! Okta's document of an identity provider and the canonical record.

use serde_json::{Value, json};

use super::wire::{Core, Kind, NAME};
use super::{defaults, fields, ids, links, provider_rules};
use crate::dialects::document::See;
use crate::dialects::endpoints::keep_alternatives;
use crate::dialects::lens::{self, Context, Exception, Field, Lens, Members, get, insert};
use crate::error::{Error, Resource, Result};
use crate::model::{
    Client, Foreign, IdentityProvider, MutualTls, OpenIdConnect, Protocol, Remainder, Saml, Social,
    SocialService,
};
use crate::pki::Timestamp;

/// Members that Okta's server alone writes; clients send them back, and they are ignored.
const READ_ONLY: [&str; 4] = ["id", "created", "lastUpdated", "_links"];

/// The lens.
pub(super) struct OktaLens;

impl Lens for OktaLens {
    fn put(
        &self,
        cx: Context<'_>,
        old: Option<&IdentityProvider>,
        document: Members,
    ) -> Result<IdentityProvider> {
        let current = old.map(kind_of).transpose()?;
        let kind = provider_rules::check(&document, current)?;
        Ok(put(cx, old, kind, document))
    }

    fn show(&self, record: IdentityProvider, base_url: &str) -> Option<Members> {
        show(record, base_url)
    }

    fn cores(&self, record: &IdentityProvider, see: &mut See<'_>) {
        lens::cores(depending(record), record, see);
    }

    fn settle(&self, before: &IdentityProvider, after: &mut IdentityProvider) {
        lens::settle(depending(after), before, after, NAME);
    }

    fn exceptions(&self) -> &'static [Exception] {
        EXCEPTIONS
    }
}

/// The fields of a provider, and the members that depend on the core without being in it.
fn depending(record: &IdentityProvider) -> impl Iterator<Item = &'static Field> + use<> {
    let fields = Kind::of(&record.protocol).map_or(&[] as &[_], fields::of);
    fields.iter().copied().flatten().chain(fields::MATCHED)
}

/// What is not shown as it was put (recorded behaviour; `docs/okta.md`).
static EXCEPTIONS: &[Exception] = &[
    Exception { path: &["id"], applies: |_| true, reason: "the server gives it" },
    Exception { path: &["created"], applies: |_| true, reason: "the server keeps it" },
    Exception { path: &["lastUpdated"], applies: |_| true, reason: "the server keeps it" },
    Exception { path: &["_links"], applies: |_| true, reason: "the server makes them" },
    Exception { path: &["issuerMode"], applies: is_saml, reason: "it is never told of SAML providers" },
    Exception {
        path: &["protocol", "type"],
        applies: |document| said_kind(document).is_some_and(Kind::is_social),
        reason: "services speak the protocol that they speak, whatever is said",
    },
    Exception {
        path: &["protocol", "endpoints"],
        applies: |document| {
            let own = |kind: &Kind| kind.core == Core::MutualTls || !kind.endpoints.is_empty();
            said_kind(document).is_some_and(own)
        },
        reason: "they are the service's own, or for smart cards the server's",
    },
    Exception {
        path: &["protocol", "settings", "honorPersistentNameId"],
        applies: |document| said_kind(document).is_some_and(|kind| kind.core == Core::OpenIdConnect),
        reason: "it means nothing without SAML, and is dropped",
    },
    Exception {
        path: &["protocol", "credentials", "client", "pkce_required"],
        applies: |document| {
            get(document, &["protocol", "credentials", "client", "pkce_required"])
                .is_some_and(Value::is_string)
        },
        reason: "a word in quotation marks is read as true or false",
    },
    Exception {
        path: &["protocol", "algorithms", "request", "signature"],
        applies: defaults::has_saml_signature,
        reason: "a signature in the manner of SAML is dropped without SAML",
    },
    Exception {
        path: &["protocol", "credentials", "signing", "privateKey"],
        applies: |document| {
            said_kind(document).is_some_and(|kind| kind.core == Core::Social(SocialService::Apple))
        },
        reason: "it is never told again",
    },
];

fn is_saml(document: &Members) -> bool {
    said_kind(document).is_some_and(|kind| kind.core == Core::Saml)
}

/// The type that a document says it is of.
fn said_kind(document: &Members) -> Option<&'static Kind> {
    document.get("type").and_then(Value::as_str).and_then(Kind::named)
}

/// The type of a provider, or the error that there is none, if it is of a kind that Okta does not have.
pub(super) fn kind_of(provider: &IdentityProvider) -> Result<&'static Kind> {
    Kind::of(&provider.protocol)
        .ok_or_else(|| Error::not_found(Resource::IdentityProvider, provider.id.number()))
}

fn put(
    cx: Context<'_>,
    old: Option<&IdentityProvider>,
    kind: &Kind,
    mut document: Members,
) -> IdentityProvider {
    for member in READ_ONLY {
        document.shift_remove(member);
    }
    document.shift_remove("type");
    if !kind.protocol.is_empty() {
        lens::remove(&mut document, &["protocol", "type"]);
    }
    // A replacement that says nothing of the status switches the provider off.
    let status = if old.is_some() { "INACTIVE" } else { "ACTIVE" };
    if get(&document, &["status"]).is_none_or(Value::is_null) {
        insert(&mut document, &["status"], status.into());
    }
    if !kind.endpoints.is_empty() {
        lens::remove(&mut document, &defaults::ENDPOINTS);
    }
    defaults::complete(kind, &mut document);
    keep_or_draw(cx, old, kind, &mut document);

    let shown = old.and_then(|old| show(old.clone(), "")).unwrap_or_default();
    let mut record = old.cloned().unwrap_or_else(|| IdentityProvider::new(cx.id, cx.now, "", blank(kind)));
    for fields in fields::of(kind) {
        match old {
            Some(_) => lens::retake(fields, &mut record, &shown, &mut document),
            None => lens::take(fields, &mut record, &mut document),
        }
    }
    if let Some(old) = old {
        keep_alternatives(old, &mut record);
    }
    record.remainders.insert(NAME.to_owned(), Remainder::from(document));
    record
}

/// What a replacement may leave out: the signing key and Apple's private key stay as they were, but for the
/// audience a new one is drawn.
fn keep_or_draw(cx: Context<'_>, old: Option<&IdentityProvider>, kind: &Kind, document: &mut Members) {
    let audience = ["protocol", "credentials", "trust", "audience"];
    if kind.core == Core::Saml && get(document, &audience).is_none_or(Value::is_null) {
        insert(document, &audience, fields::drawn_audience(cx.entropy).into());
    }
    let kid = ["protocol", "credentials", "signing", "kid"];
    if matches!(kind.core, Core::Saml | Core::OpenIdConnect)
        && let Some(key) = old.and_then(|old| old.signing_key.as_deref())
        && get(document, &kid).is_none_or(Value::is_null)
    {
        insert(document, &kid, key.into());
    }
    // It is never shown, so leaving it out keeps it, and null is another way to do so.
    let private_key = ["protocol", "credentials", "signing", "privateKey"];
    if kind.core == Core::Social(SocialService::Apple) && get(document, &private_key) == Some(&Value::Null) {
        lens::remove(document, &private_key);
    }
}

/// A protocol of this type without settings.
pub(super) fn blank(kind: &Kind) -> Protocol {
    match kind.core {
        Core::Saml => Protocol::Saml(Saml::default()),
        Core::OpenIdConnect => Protocol::OpenIdConnect(OpenIdConnect::default()),
        Core::MutualTls => Protocol::MutualTls(MutualTls::default()),
        Core::Social(service) => {
            Protocol::Social(Social { service, client: Client::default(), tenant: None, apple_key: None })
        }
        Core::Foreign => Protocol::Foreign(Foreign { dialect: NAME.to_owned(), kind: kind.name.to_owned() }),
    }
}

fn show(mut record: IdentityProvider, base_url: &str) -> Option<Members> {
    let kind = Kind::of(&record.protocol)?;
    let mut document = record.remainders.remove(NAME).unwrap_or_default().into_members();
    if document.is_empty() {
        skeleton(kind, &mut document);
    }
    for fields in fields::of(kind) {
        lens::lay(fields, &record, &mut document);
    }
    defaults::complete(kind, &mut document);
    let id = ids::spell(record.id);
    if kind.core == Core::MutualTls {
        insert(
            &mut document,
            &["protocol", "endpoints", "sso", "url"],
            format!("{base_url}/login/cert").into(),
        );
    }
    if !kind.protocol.is_empty() {
        insert(&mut document, &["protocol", "type"], kind.protocol.into());
    }
    let links = links::of(kind, &record, &id, base_url);
    document.insert("id".to_owned(), id.into());
    document.insert("created".to_owned(), time(record.created));
    document.insert("lastUpdated".to_owned(), time(record.updated));
    document.insert("type".to_owned(), kind.name.into());
    document.insert("_links".to_owned(), links);
    Some(document)
}

/// What must be said of a provider about which Okta's dialect has said nothing yet.
fn skeleton(kind: &Kind, document: &mut Members) {
    for path in [["policy", "provisioning"], ["policy", "accountLink"], ["policy", "subject"]] {
        insert(document, &path, Value::Object(Members::new()));
    }
    if kind.core == Core::Saml {
        let protocol = json!({
            "endpoints": {"acs": {"binding": "HTTP-POST", "type": "INSTANCE"}},
            "algorithms": {
                "request": {"signature": {"algorithm": "SHA-256", "scope": "REQUEST"}},
                "response": {"signature": {"algorithm": "SHA-256", "scope": "ANY"}},
            },
            "settings": {"honorPersistentNameId": false},
        });
        document.insert("protocol".to_owned(), protocol);
    }
}

/// A time as Okta spells it: whole seconds, with the digits of milliseconds.
pub(super) fn time(time: Timestamp) -> Value {
    time.truncated_to_seconds().to_string().into()
}
