//! ZITADEL's words: its messages as tables of members. May import nothing.
//!
//! A message is data; `protojson` reads and writes it and `rules` checks it, whichever message it is.
//!
//! - [`requests`]: what clients send
//! - [`queries`]: what they search with
//! - [`answers`]: what they get

pub(super) mod answers;
pub(super) mod queries;
pub(super) mod requests;

/// Under which name remainders of this dialect are kept.
pub(in crate::dialects::zitadel) const NAME: &str = "zitadel";

/// A message.
#[derive(Debug)]
pub(super) struct Message {
    /// Its name, without the package.
    pub(super) name: &'static str,
    /// The package; absent: that of the service that is called.
    pub(super) package: Option<&'static str>,
    /// The members, in the order of their numbers.
    pub(super) members: &'static [Member],
}

/// A member of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// The name in lower camel case.
    pub(super) name: &'static str,
    /// What it holds.
    pub(super) form: Form,
    /// When it counts as said.
    pub(super) presence: Presence,
    /// What it has to be.
    pub(super) rule: Rule,
}

/// What a member holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Text,
    Bytes,
    Bool,
    Uint32,
    Uint64,
    /// The names in the order of their numbers.
    Enum(&'static [&'static str]),
    Duration,
    /// An RFC 3339 text. Only in answers.
    Timestamp,
    One(&'static Message),
    Texts,
    Many(&'static Message),
}

/// When a member counts as said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// If it is not its type's zero value.
    Implicit,
    /// If it is there.
    Optional,
    /// If it is there, and then no other member of this oneof may be.
    Oneof(&'static str),
    /// As [`Presence::Oneof`], and one of the members must be there.
    RequiredOneof(&'static str),
}

/// What a member has to be. Texts are measured in characters, bytes in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// Anything.
    Any,
    /// Between so long and so long.
    Length(usize, usize),
    /// Between so long and so long, but an update may leave it out.
    NewLength(usize, usize),
    /// Exactly so long.
    Exactly(usize),
    /// So many elements, each so long.
    Items((usize, usize), (usize, usize)),
    /// One of the values that have a name.
    Defined,
}

impl Member {
    const fn new(name: &'static str, form: Form, rule: Rule) -> Self {
        Self { name, form, presence: Presence::Implicit, rule }
    }

    const fn optional(self) -> Self {
        Self { presence: Presence::Optional, ..self }
    }

    const fn oneof(self, name: &'static str) -> Self {
        Self { presence: Presence::Oneof(name), ..self }
    }

    const fn required_oneof(self, name: &'static str) -> Self {
        Self { presence: Presence::RequiredOneof(name), ..self }
    }

    /// The same member in an update.
    const fn in_update(self) -> Self {
        match self.rule {
            Rule::NewLength(_, most) => Self { rule: Rule::Length(0, most), ..self },
            _ => self,
        }
    }

    /// The oneof to which the member belongs.
    pub(super) fn group(&self) -> Option<&'static str> {
        match self.presence {
            Presence::Oneof(name) | Presence::RequiredOneof(name) => Some(name),
            Presence::Implicit | Presence::Optional => None,
        }
    }
}

const fn text(name: &'static str, min: usize, max: usize) -> Member {
    Member::new(name, Form::Text, Rule::Length(min, max))
}

/// A text that an update may leave out.
const fn new_text(name: &'static str, max: usize) -> Member {
    Member::new(name, Form::Text, Rule::NewLength(1, max))
}

const fn any(name: &'static str, form: Form) -> Member {
    Member::new(name, form, Rule::Any)
}

const fn bytes(name: &'static str, min: usize, max: usize) -> Member {
    Member::new(name, Form::Bytes, Rule::Length(min, max))
}

const fn message(name: &'static str, members: &'static [Member]) -> Message {
    Message { name, package: None, members }
}

/// A message of the package that both services share.
const fn shared(name: &'static str, members: &'static [Member]) -> Message {
    Message { name, package: Some("zitadel.idp.v1"), members }
}

pub(super) const AUTO_LINKING: &[&str] =
    &["AUTO_LINKING_OPTION_UNSPECIFIED", "AUTO_LINKING_OPTION_USERNAME", "AUTO_LINKING_OPTION_EMAIL"];

pub(super) const TENANT_TYPES: &[&str] =
    &["AZURE_AD_TENANT_TYPE_COMMON", "AZURE_AD_TENANT_TYPE_ORGANISATIONS", "AZURE_AD_TENANT_TYPE_CONSUMERS"];

pub(super) const BINDINGS: &[&str] =
    &["SAML_BINDING_UNSPECIFIED", "SAML_BINDING_POST", "SAML_BINDING_REDIRECT", "SAML_BINDING_ARTIFACT"];

pub(super) const NAME_ID_FORMATS: &[&str] = &[
    "SAML_NAME_ID_FORMAT_UNSPECIFIED",
    "SAML_NAME_ID_FORMAT_EMAIL_ADDRESS",
    "SAML_NAME_ID_FORMAT_PERSISTENT",
    "SAML_NAME_ID_FORMAT_TRANSIENT",
];

pub(super) const SIGNATURES: &[&str] = &[
    "SAML_SIGNATURE_UNSPECIFIED",
    "SAML_SIGNATURE_RSA_SHA1",
    "SAML_SIGNATURE_RSA_SHA256",
    "SAML_SIGNATURE_RSA_SHA512",
];

pub(super) const OWNER_TYPES: &[&str] =
    &["IDP_OWNER_TYPE_UNSPECIFIED", "IDP_OWNER_TYPE_SYSTEM", "IDP_OWNER_TYPE_ORG"];

pub(super) const STATES: &[&str] = &["IDP_STATE_UNSPECIFIED", "IDP_STATE_ACTIVE", "IDP_STATE_INACTIVE"];

pub(super) const TEXT_METHODS: &[&str] = &[
    "TEXT_QUERY_METHOD_EQUALS",
    "TEXT_QUERY_METHOD_EQUALS_IGNORE_CASE",
    "TEXT_QUERY_METHOD_STARTS_WITH",
    "TEXT_QUERY_METHOD_STARTS_WITH_IGNORE_CASE",
    "TEXT_QUERY_METHOD_CONTAINS",
    "TEXT_QUERY_METHOD_CONTAINS_IGNORE_CASE",
    "TEXT_QUERY_METHOD_ENDS_WITH",
    "TEXT_QUERY_METHOD_ENDS_WITH_IGNORE_CASE",
];

/// What happens to people who come in.
pub(super) static OPTIONS: Message = shared(
    "Options",
    &[
        any("isLinkingAllowed", Form::Bool),
        any("isCreationAllowed", Form::Bool),
        any("isAutoCreation", Form::Bool),
        any("isAutoUpdate", Form::Bool),
        any("autoLinking", Form::Enum(AUTO_LINKING)),
    ],
);

static TENANT: Message = shared(
    "AzureADTenant",
    &[any("tenantType", Form::Enum(TENANT_TYPES)).oneof("type"), any("tenantId", Form::Text).oneof("type")],
);

static ATTRIBUTES: Message = shared(
    "LDAPAttributes",
    &[
        text("idAttribute", 0, 200),
        text("firstNameAttribute", 0, 200),
        text("lastNameAttribute", 0, 200),
        text("displayNameAttribute", 0, 200),
        text("nickNameAttribute", 0, 200),
        text("preferredUsernameAttribute", 0, 200),
        text("emailAttribute", 0, 200),
        text("emailVerifiedAttribute", 0, 200),
        text("phoneAttribute", 0, 200),
        text("phoneVerifiedAttribute", 0, 200),
        text("preferredLanguageAttribute", 0, 200),
        text("avatarUrlAttribute", 0, 200),
        text("profileAttribute", 0, 200),
    ],
);
