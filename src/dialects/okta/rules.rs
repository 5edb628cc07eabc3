//! What Okta demands of a document that describes an identity provider.

use serde_json::Value;

use super::wire::{Core, Kind};
use crate::dialects::lens::{Members, get};
use crate::error::{ErrorKind, Reason, Result, Violation};
use crate::model::SocialService;

/// The type of the provider that a document describes; `current` is that of the provider it is to replace.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] with everything that is wrong.
pub(super) fn check(document: &Members, current: Option<&Kind>) -> Result<&'static Kind> {
    let mut rules = Rules::of(document);
    let kind = rules.kind(current);
    rules.text(&["name"], 1, 100);
    rules.one_of(&["status"], &["ACTIVE", "INACTIVE"]);
    rules.one_of(&["issuerMode"], &["ORG_URL", "CUSTOM_URL", "DYNAMIC"]);
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
    rules.policy();
    if let Some(kind) = kind {
        rules.protocol(kind, current.is_none());
    }
    match (kind, rules.violations) {
        (Some(kind), violations) if violations.is_empty() => Ok(kind),
        (_, violations) => Err(ErrorKind::Invalid { violations }.into()),
    }
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
    (&["policy", "accountLink", "filter"], &["groups"]),
    (&["policy", "subject"], &["userNameTemplate"]),
];

/// What is a text in documents of every type; which texts there are, later versions of the API may widen.
const TEXTS: &[&[&str]] = &[
    &["protocol", "algorithms", "request", "signature", "algorithm"],
    &["protocol", "algorithms", "request", "signature", "scope"],
    &["protocol", "algorithms", "request", "digest"],
    &["protocol", "algorithms", "response", "signature", "algorithm"],
    &["protocol", "algorithms", "response", "signature", "scope"],
    &["policy", "provisioning", "conditions", "deprovisioned", "action"],
    &["policy", "provisioning", "conditions", "suspended", "action"],
];

/// What was found wrong with a document so far.
pub(super) struct Rules<'d> {
    document: &'d Members,
    /// In the order in which it was found.
    pub(super) violations: Vec<Violation>,
}

const BINDINGS: &[&str] = &["HTTP-POST", "HTTP-REDIRECT"];

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
        self.one_of(&["policy", "provisioning", "action"], &["AUTO", "DISABLED", "CALLOUT"]);
        self.one_of(&["policy", "provisioning", "groups", "action"], &["NONE", "ASSIGN", "APPEND", "SYNC"]);
        self.one_of(&["policy", "accountLink", "action"], &["AUTO", "DISABLED"]);
        let matches = &["USERNAME", "EMAIL", "USERNAME_OR_EMAIL", "CUSTOM_ATTRIBUTE"];
        self.one_of(&["policy", "subject", "matchType"], matches);
        self.optional_boolean(&["policy", "provisioning", "profileMaster"]);
        self.optional_array(&["policy", "accountLink", "filter", "groups", "include"]);
        self.optional_text(&["policy", "subject", "filter"], 0, 1024);
        self.optional_text(&["policy", "subject", "userNameTemplate", "template"], 9, 1024);
        if self.said(&["policy", "maxClockSkew"]).is_some_and(|skew| !skew.is_u64()) {
            self.refuse(&["policy", "maxClockSkew"], Reason::WrongType("integer"));
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
        self.one_of(&["protocol", "endpoints", "sso", "binding"], BINDINGS);
        self.optional_text(&["protocol", "endpoints", "sso", "destination"], 1, 512);
        self.optional_text(&["protocol", "endpoints", "slo", "url"], 1, 1014);
        self.one_of(&["protocol", "endpoints", "slo", "binding"], BINDINGS);
        self.one_of(&["protocol", "endpoints", "acs", "binding"], &["HTTP-POST"]);
        self.one_of(&["protocol", "endpoints", "acs", "type"], &["INSTANCE", "ORG"]);
        self.text(&["protocol", "credentials", "trust", "issuer"], 1, 1024);
        self.text(&["protocol", "credentials", "trust", "kid"], 1, 1024);
        self.optional_text(&["protocol", "credentials", "trust", "audience"], 1, 1024);
        self.optional_text(&["protocol", "credentials", "signing", "kid"], 1, 1024);
        self.additional_kids();
        self.optional_text(&["protocol", "settings", "nameFormat"], 1, 1024);
        for setting in ["honorPersistentNameId", "participateSlo", "sendApplicationContext"] {
            self.optional_boolean(&["protocol", "settings", setting]);
        }
        self.one_of(&["protocol", "relayState", "format"], &["OPAQUE", "FROM_URL"]);
    }

    fn additional_kids(&mut self) {
        let path = &["protocol", "credentials", "trust", "additionalKids"];
        match self.said(path) {
            None => {}
            Some(Value::Array(kids)) if kids.len() > 1 => self.refuse(path, Reason::OutOfRange(0, 1)),
            Some(Value::Array(kids)) if kids.iter().all(Value::is_string) => {}
            Some(_) => self.refuse(path, Reason::WrongType("array of strings")),
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
        for endpoint in ["authorization", "token", "jwks", "userInfo", "slo"] {
            self.one_of(&["protocol", "endpoints", endpoint, "binding"], BINDINGS);
        }
        self.optional_text(&["protocol", "credentials", "signing", "kid"], 1, 1024);
        self.text(&["protocol", "credentials", "client", "client_id"], 1, 1024);
        self.optional_text(&["protocol", "credentials", "client", "client_secret"], 1, 1024);
        self.optional_boolean(&["protocol", "credentials", "client", "pkce_required"]);
        if self.said(&["protocol", "scopes"]).is_none() {
            self.refuse(&["protocol", "scopes"], Reason::Missing);
        }
        self.scopes();
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
        self.scopes();
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

    fn scopes(&mut self) {
        let path = &["protocol", "scopes"];
        match self.said(path) {
            None => {}
            Some(Value::Array(scopes)) if scopes.iter().all(Value::is_string) => {}
            Some(_) => self.refuse(path, Reason::WrongType("array of strings")),
        }
    }

    fn mutual_tls(&mut self, kind: &Kind) {
        self.spoken(kind);
        self.text(&["protocol", "credentials", "trust", "issuer"], 1, 1024);
        self.text(&["protocol", "credentials", "trust", "kid"], 1, 1024);
        self.additional_kids();
        self.one_of(&["protocol", "credentials", "trust", "revocation"], &["CRL", "DELTA_CRL", "OCSP"]);
        let path = &["protocol", "credentials", "trust", "revocationCacheLifetime"];
        match self.said(path).map(Value::as_u64) {
            None | Some(Some(0..=4320)) => {}
            Some(Some(_)) => self.refuse(path, Reason::OutOfRange(0, 4320)),
            Some(None) => self.refuse(path, Reason::WrongType("integer")),
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

/// What holds for documents of all kinds.
impl<'d> Rules<'d> {
    /// Nothing is wrong with this document yet.
    pub(super) fn of(document: &'d Members) -> Self {
        Self { document, violations: Vec::new() }
    }

    /// The end of the check: an error with everything that is wrong.
    pub(super) fn end(self) -> Result<()> {
        match self.violations {
            violations if violations.is_empty() => Ok(()),
            violations => Err(ErrorKind::Invalid { violations }.into()),
        }
    }

    /// What the document says at a path; null says nothing.
    pub(super) fn said(&self, path: &[&str]) -> Option<&Value> {
        get(self.document, path).filter(|value| !value.is_null())
    }

    pub(super) fn refuse(&mut self, path: &[&str], reason: Reason) {
        let pointer = path.iter().flat_map(|step| ["/", step]).collect::<String>();
        self.violations.push(Violation::new(pointer, reason));
    }

    pub(super) fn is_text(&mut self, path: &[&str]) -> bool {
        match self.said(path) {
            Some(Value::String(text)) if !text.is_empty() => return true,
            None | Some(Value::String(_)) => self.refuse(path, Reason::Missing),
            Some(_) => self.refuse(path, Reason::WrongType("string")),
        }
        false
    }

    /// A text must be there, of so many characters.
    pub(super) fn text(&mut self, path: &[&str], least: usize, most: usize) {
        if self.is_text(path) {
            self.optional_text(path, least, most);
        }
    }

    pub(super) fn optional_text(&mut self, path: &[&str], least: usize, most: usize) {
        match self.said(path) {
            None => {}
            Some(Value::String(text)) if (least..=most).contains(&text.chars().count()) => {}
            Some(Value::String(_)) => {
                let bound = |bound| i64::try_from(bound).unwrap_or(i64::MAX);
                self.refuse(path, Reason::OutOfRange(bound(least), bound(most)));
            }
            Some(_) => self.refuse(path, Reason::WrongType("string")),
        }
    }

    pub(super) fn one_of(&mut self, path: &[&str], allowed: &[&'static str]) {
        match self.said(path) {
            None => {}
            Some(Value::String(text)) if allowed.contains(&text.as_str()) => {}
            Some(_) => self.refuse(path, Reason::NotAllowed(allowed.to_vec())),
        }
    }

    fn object(&mut self, path: &[&str]) {
        match self.said(path) {
            None => self.refuse(path, Reason::Missing),
            Some(_) => self.optional_object(path),
        }
    }

    pub(super) fn optional_object(&mut self, path: &[&str]) {
        if self.said(path).is_some_and(|value| !value.is_object()) {
            self.refuse(path, Reason::WrongType("object"));
        }
    }

    pub(super) fn optional_boolean(&mut self, path: &[&str]) {
        if self.said(path).is_some_and(|value| !value.is_boolean()) {
            self.refuse(path, Reason::WrongType("boolean"));
        }
    }

    pub(super) fn optional_array(&mut self, path: &[&str]) {
        if self.said(path).is_some_and(|value| !value.is_array()) {
            self.refuse(path, Reason::WrongType("array"));
        }
    }
}
