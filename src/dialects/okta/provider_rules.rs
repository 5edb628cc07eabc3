//! What Okta demands of a document that describes an identity provider.

use serde_json::Value;

use super::described;
use super::rules::Rules;
use super::wire::{Core, Kind};
use crate::dialects::lens::Members;
use crate::error::{ErrorKind, Reason, Result};
use crate::model::SocialService;

/// The type of the provider that a document describes; `current` is that of the provider it is to replace.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] with everything that is wrong.
pub(super) fn check(document: &Members, current: Option<&Kind>) -> Result<&'static Kind> {
    let (kind, rules) = rules(document, current);
    match (kind, rules.violations) {
        (Some(kind), violations) if violations.is_empty() => Ok(kind),
        (_, violations) => Err(ErrorKind::Invalid { violations }.into()),
    }
}

/// Refuses what [`check`] refuses, and what Okta's API description leaves out, unless the provider that is replaced
/// shows it in the same way.
///
/// # Errors
///
/// As [`check`].
pub(super) fn check_strictly(document: &Members, replaced: Option<(&'static Kind, &Members)>) -> Result<()> {
    let (kind, mut rules) = rules(document, replaced.map(|(kind, _)| kind));
    if let Some(kind) = kind {
        let shown = replaced.map(|(_, shown)| described::findings(kind, shown)).unwrap_or_default();
        rules.add(described::new_ones(described::findings(kind, document), &shown));
    }
    rules.end()
}

/// The type that a document names, and what is wrong with the document whatever the API description lists.
fn rules<'d>(document: &'d Members, current: Option<&Kind>) -> (Option<&'static Kind>, Rules<'d>) {
    let mut rules = Rules::of(document);
    let kind = rules.kind(current);
    rules.text(&["name"], 1, 100);
    rules.one_of(&["status"], &["ACTIVE", "INACTIVE"]);
    rules.object(&["protocol"]);
    rules.object(&["policy"]);
    for (around, members) in OBJECTS {
        for member in *members {
            rules.optional_object(&[around, &[*member][..]].concat());
        }
    }
    for path in TEXTS {
        rules.optional_text(path, 0, 1024);
    }
    for path in BOOLEANS {
        rules.optional_boolean(path);
    }
    for path in LISTS {
        rules.optional_texts(path);
    }
    rules.enumerations(described::all_enumerations());
    rules.policy();
    if let Some(kind) = kind {
        rules.protocol(kind, current.is_none());
    }
    (kind, rules)
}

/// What holds only objects in documents of every type: the path, and which of its members.
const OBJECTS: &[(&[&str], &[&str])] = &[
    (&[], &["properties"]),
    (&["protocol"], &["endpoints", "algorithms", "settings", "relayState", "credentials"]),
    (&["protocol", "endpoints"], &["sso", "slo", "acs", "par", "authorization", "token", "userInfo", "jwks"]),
    (&["protocol", "algorithms"], &["request", "response"]),
    (&["protocol", "algorithms", "request"], &["signature"]),
    (&["protocol", "algorithms", "response"], &["signature"]),
    (&["protocol", "credentials"], &["trust", "client", "signing", "bearer"]),
    (&["policy"], &["provisioning", "accountLink", "subject"]),
    (&["policy", "provisioning"], &["groups", "conditions"]),
    (&["policy", "provisioning", "conditions"], &["deprovisioned", "suspended"]),
    (&["policy", "accountLink"], &["filter"]),
    (&["policy", "accountLink", "filter"], &["groups", "users"]),
    (&["policy", "subject"], &["userNameTemplate"]),
];

/// What is a text in documents of every type, besides what has enumerated values.
const TEXTS: &[&[&str]] = &[
    &["policy", "provisioning", "groups", "sourceAttributeName"],
    &["policy", "subject", "filter"],
    &["policy", "subject", "matchAttribute"],
];

/// What is true or false in documents of every type.
const BOOLEANS: &[&[&str]] = &[
    &["policy", "provisioning", "profileMaster"],
    &["policy", "accountLink", "filter", "users", "excludeAdmins"],
    &["policy", "trustClaims"],
    &["policy", "mapAMRClaims"],
    &["policy", "transformedUsernameMatchingEnabled"],
];

/// What is a list of texts in documents of every type.
const LISTS: &[&[&str]] = &[
    &["protocol", "scopes"],
    &["protocol", "credentials", "trust", "additionalKids"],
    &["policy", "provisioning", "groups", "assignments"],
    &["policy", "provisioning", "groups", "filter"],
    &["policy", "accountLink", "filter", "groups", "include"],
    &["policy", "accountLink", "filter", "users", "exclude"],
    &["properties", "additionalAmr"],
];

impl Rules<'_> {
    fn kind(&mut self, current: Option<&Kind>) -> Option<&'static Kind> {
        let path = &["type"];
        if !self.is_text(path) {
            return None;
        }
        let kind = self.said(path).and_then(Value::as_str).and_then(Kind::named);
        match (kind, current) {
            (None, _) => {
                let names = super::wire::KINDS.iter().map(|kind| kind.name).collect();
                self.refuse(path, Reason::NotAllowed(names));
            }
            (Some(kind), Some(current)) if kind.name != current.name => self.refuse(path, Reason::Immutable),
            _ => {}
        }
        kind
    }

    fn policy(&mut self) {
        self.optional_text(&["policy", "subject", "userNameTemplate", "template"], 9, 1024);
        let skew = &["policy", "maxClockSkew"];
        if self.optional_integer(skew).is_some_and(i64::is_negative) {
            self.refuse(skew, Reason::Other("must not be negative".to_owned()));
        }
    }

    fn protocol(&mut self, kind: &Kind, is_new: bool) {
        match kind.core {
            Core::Saml => self.saml(kind),
            Core::OpenIdConnect => self.open_id_connect(kind),
            Core::MutualTls => self.mutual_tls(kind),
            Core::Social(SocialService::Apple) => self.apple(is_new),
            Core::Social(_) => self.client(true),
            Core::Foreign if kind.protocol == "ID_PROOFING" => self.proofing(kind),
            Core::Foreign if kind.name == "OKTA_INTEGRATION" => {
                self.client(false);
                self.text(&["protocol", "oktaIdpOrgUrl"], 1, 1024);
            }
            Core::Foreign if kind.is_social() => self.client(false),
            Core::Foreign => {}
        }
    }

    fn saml(&mut self, kind: &Kind) {
        self.spoken(kind);
        self.text(&["protocol", "endpoints", "sso", "url"], 11, 1014);
        self.optional_text(&["protocol", "endpoints", "sso", "destination"], 1, 512);
        self.optional_text(&["protocol", "endpoints", "slo", "url"], 1, 1014);
        self.text(&["protocol", "credentials", "trust", "issuer"], 1, 1024);
        self.text(&["protocol", "credentials", "trust", "kid"], 1, 1024);
        self.optional_text(&["protocol", "credentials", "trust", "audience"], 1, 1024);
        self.optional_text(&["protocol", "credentials", "signing", "kid"], 1, 1024);
        self.additional_kids();
        self.cache_lifetime();
        for setting in ["honorPersistentNameId", "participateSlo", "sendApplicationContext"] {
            self.optional_boolean(&["protocol", "settings", setting]);
        }
    }

    fn additional_kids(&mut self) {
        let path = &["protocol", "credentials", "trust", "additionalKids"];
        if self.said(path).and_then(Value::as_array).is_some_and(|kids| kids.len() > 1) {
            self.refuse(path, Reason::OutOfRange(0, 1));
        }
    }

    fn open_id_connect(&mut self, kind: &Kind) {
        self.spoken(kind);
        self.object(&["protocol", "issuer"]);
        if self.said(&["protocol", "issuer"]).is_some() {
            self.text(&["protocol", "issuer", "url"], 1, 1024);
        }
        for endpoint in ["authorization", "token", "jwks"] {
            self.text(&["protocol", "endpoints", endpoint, "url"], 1, 1024);
        }
        self.optional_text(&["protocol", "endpoints", "userInfo", "url"], 1, 1024);
        self.optional_text(&["protocol", "credentials", "signing", "kid"], 1, 1024);
        self.text(&["protocol", "credentials", "client", "client_id"], 1, 1024);
        self.optional_text(&["protocol", "credentials", "client", "client_secret"], 1, 1024);
        let pkce = &["protocol", "credentials", "client", "pkce_required"];
        // Okta's own sample writes the word in quotation marks.
        if !self.said(pkce).is_some_and(|said| said == "true" || said == "false") {
            self.optional_boolean(pkce);
        }
        if self.said(&["protocol", "scopes"]).is_none() {
            self.refuse(&["protocol", "scopes"], Reason::Missing);
        }
    }

    /// A client at a service; some are known by a key in place of a secret.
    fn client(&mut self, secret: bool) {
        self.text(&["protocol", "credentials", "client", "client_id"], 1, 1024);
        let path = &["protocol", "credentials", "client", "client_secret"];
        if secret {
            self.text(path, 1, 1024);
        } else {
            self.optional_text(path, 1, 1024);
        }
    }

    /// A client of Apple's signs its own secrets. The key need not be sent again.
    fn apple(&mut self, is_new: bool) {
        self.client(false);
        self.text(&["protocol", "credentials", "signing", "teamId"], 1, 1024);
        self.text(&["protocol", "credentials", "signing", "kid"], 1, 1024);
        let path = &["protocol", "credentials", "signing", "privateKey"];
        if is_new {
            self.text(path, 1, 1024);
        } else {
            self.optional_text(path, 1, 1024);
        }
    }

    fn mutual_tls(&mut self, kind: &Kind) {
        self.spoken(kind);
        self.text(&["protocol", "credentials", "trust", "issuer"], 1, 1024);
        self.text(&["protocol", "credentials", "trust", "kid"], 1, 1024);
        self.additional_kids();
        self.cache_lifetime();
    }

    fn cache_lifetime(&mut self) {
        let lifetime = &["protocol", "credentials", "trust", "revocationCacheLifetime"];
        if self.optional_integer(lifetime).is_some_and(|minutes| !(0..=4320).contains(&minutes)) {
            self.refuse(lifetime, Reason::OutOfRange(0, 4320));
        }
    }

    fn proofing(&mut self, kind: &Kind) {
        self.spoken(kind);
        if kind.name == "IDV_PERSONA" {
            self.text(&["protocol", "credentials", "bearer", "apiKey"], 1, 1024);
            self.text(&["properties", "inquiryTemplateId"], 1, 1024);
        } else {
            self.client(true);
        }
        if kind.name == "IDV_STANDARD" {
            self.text(&["protocol", "issuer", "url"], 1, 1024);
            for endpoint in ["par", "authorization", "token", "jwks"] {
                self.text(&["protocol", "endpoints", endpoint, "url"], 1, 1024);
            }
        }
    }

    /// The protocol must be the one that the type speaks.
    fn spoken(&mut self, kind: &Kind) {
        let path = &["protocol", "type"];
        if self.is_text(path) && self.said(path).and_then(Value::as_str) != Some(kind.protocol) {
            self.refuse(path, Reason::NotAllowed(vec![kind.protocol]));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dialects::lens::insert;

    fn violations(document: &Members) -> Vec<crate::error::Violation> {
        check(document, None).expect_err("it is refused").violations().to_vec()
    }

    #[test]
    fn members_of_another_json_type_are_found_wherever_they_are() {
        let objects = OBJECTS.iter().flat_map(|(around, members)| {
            members.iter().map(|member| ([around, &[*member][..]].concat(), "object"))
        });
        let texts = TEXTS.iter().map(|path| (path.to_vec(), "string"));
        let booleans = BOOLEANS.iter().map(|path| (path.to_vec(), "boolean"));
        let lists = LISTS.iter().map(|path| (path.to_vec(), "array of strings"));
        for (path, wanted) in objects.chain(texts).chain(booleans).chain(lists) {
            for other in [json!(5), json!([5])] {
                let mut document = Members::new();
                insert(&mut document, &path, other);
                let pointer = format!("/{}", path.join("/"));
                let expected = crate::error::Violation::new(pointer, Reason::WrongType(wanted));
                assert!(violations(&document).contains(&expected), "{expected}");
            }
        }
    }
}
