//! What PingOne demands of a document that describes an identity provider: each type is a table of members.

use serde_json::Value;

use super::wire::{Core, KINDS, Kind, SIGNATURE_NAMES};
use crate::dialects::lens::{Members, get, insert, remove};
use crate::error::{ErrorKind, Reason, Result, Violation};
use crate::model::SocialService;

/// A member that PingOne knows; all others are ignored.
pub(super) struct Member {
    path: &'static [&'static str],
    required: bool,
    form: Form,
}

/// What a member may hold.
#[derive(Clone, Copy)]
enum Form {
    /// Any text, also an empty one.
    Words,
    /// A text that says something.
    Text,
    /// A text of so many characters.
    Code(usize),
    /// An `https` URL.
    Https,
    /// An `http` or `https` URL.
    Url,
    OneOf(&'static [&'static str]),
    Switch,
    /// A switch that is also understood as a text.
    LooseSwitch,
    /// A number of hours within a day; also understood as a text.
    Hours,
    /// Texts, at least one.
    Texts,
    /// Objects with an `id`, at least one.
    References,
}

const fn required(path: &'static [&'static str], form: Form) -> Member {
    Member { path, required: true, form }
}

const fn optional(path: &'static [&'static str], form: Form) -> Member {
    Member { path, required: false, form }
}

const COMMON: &[Member] = &[
    required(&["name"], Form::Text),
    required(&["enabled"], Form::Switch),
    optional(&["description"], Form::Words),
    optional(&["icon", "id"], Form::Text),
    optional(&["icon", "href"], Form::Url),
    optional(&["loginButtonIcon", "id"], Form::Text),
    optional(&["loginButtonIcon", "href"], Form::Url),
    optional(&["registration", "population", "id"], Form::Text),
];

const BINDINGS: Form = Form::OneOf(&["HTTP_POST", "HTTP_REDIRECT"]);

const SAML: &[Member] = &[
    required(&["idpEntityId"], Form::Text),
    required(&["ssoBinding"], BINDINGS),
    required(&["ssoEndpoint"], Form::Url),
    required(&["idpVerification", "certificates"], Form::References),
    optional(&["authnRequestSigned"], Form::LooseSwitch),
    optional(&["spEntityId"], Form::Text),
    optional(&["spSigning", "key", "id"], Form::Text),
    optional(&["spSigning", "algorithm"], Form::OneOf(SIGNATURE_NAMES)),
    optional(&["sloBinding"], BINDINGS),
    optional(&["sloEndpoint"], Form::Url),
    optional(&["sloResponseEndpoint"], Form::Url),
    optional(&["sloWindow"], Form::Hours),
];

const OPEN_ID_CONNECT: &[Member] = &[
    required(&["authorizationEndpoint"], Form::Https),
    required(&["tokenEndpoint"], Form::Https),
    required(&["jwksEndpoint"], Form::Https),
    required(&["issuer"], Form::Text),
    required(&["scopes"], Form::Texts),
    optional(&["discoveryEndpoint"], Form::Https),
    optional(&["userInfoEndpoint"], Form::Https),
    optional(
        &["tokenEndpointAuthMethod"],
        Form::OneOf(&["CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "NONE"]),
    ),
    optional(&["pkceMethod"], Form::OneOf(&["NONE", "S256"])),
];

const CLIENT: &[Member] = &[required(&["clientId"], Form::Text), required(&["clientSecret"], Form::Text)];

const FACEBOOK: &[Member] = &[required(&["appId"], Form::Text), required(&["appSecret"], Form::Text)];

const APPLE: &[Member] = &[
    required(&["clientId"], Form::Text),
    required(&["clientSecretSigningKey"], Form::Text),
    required(&["keyId"], Form::Code(10)),
    required(&["teamId"], Form::Code(10)),
];

const MICROSOFT: &[Member] = &[optional(&["tenantId"], Form::Text)];

const PAYPAL: &[Member] = &[required(&["clientEnvironment"], Form::OneOf(&["sandbox", "live"]))];

/// The tables that together cover a type.
fn tables(kind: &Kind) -> &'static [&'static [Member]] {
    match kind.core {
        Core::Saml => &[COMMON, SAML],
        Core::OpenIdConnect => &[COMMON, CLIENT, OPEN_ID_CONNECT],
        Core::Social(SocialService::Facebook) => &[COMMON, FACEBOOK],
        Core::Social(SocialService::Apple) => &[COMMON, APPLE],
        Core::Social(SocialService::Microsoft) => &[COMMON, CLIENT, MICROSOFT],
        Core::Social(SocialService::PayPal) => &[COMMON, CLIENT, PAYPAL],
        Core::Social(_) | Core::Foreign => &[COMMON, CLIENT],
    }
}

/// The type of the provider that a document describes, and of the document what PingOne knows; `current` is the
/// type of the provider that it is to replace, and `shown` the document of that. What was shown is not refused:
/// other doors may have left out or allowed what PingOne would not.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] with everything that is wrong.
pub(super) fn check(
    mut document: Members,
    current: Option<&Kind>,
    shown: Option<&Members>,
) -> Result<(&'static Kind, Members)> {
    let mut violations = Vec::new();
    let kind = match kind(&document, current) {
        Ok(kind) => Some(kind),
        Err(reason) => {
            violations.push(Violation::new("/type", reason));
            None
        }
    };
    let mut known = Members::new();
    for member in kind.map_or(&[COMMON] as &[_], tables).iter().copied().flatten() {
        let as_shown = shown.is_some_and(|shown| get(shown, member.path) == get(&document, member.path));
        let taken =
            if as_shown { Ok(remove(&mut document, member.path)) } else { member.taken(&mut document) };
        match taken {
            Ok(Some(value)) => insert(&mut known, member.path, value),
            Ok(None) => {}
            Err(violation) => violations.push(violation),
        }
    }
    match kind {
        Some(kind) if violations.is_empty() => Ok((kind, known)),
        _ => Err(ErrorKind::Invalid { violations }.into()),
    }
}

fn kind(document: &Members, current: Option<&Kind>) -> Result<&'static Kind, Reason> {
    let name = match document.get("type") {
        None | Some(Value::Null) => return Err(Reason::Missing),
        Some(Value::String(name)) => name,
        Some(_) => return Err(Reason::WrongType("string")),
    };
    let names = || KINDS.iter().map(|kind| kind.name).collect();
    let kind = Kind::named(name).ok_or_else(|| Reason::NotAllowed(names()))?;
    match current {
        Some(current) if current.name != kind.name => Err(Reason::Immutable),
        _ => Ok(kind),
    }
}

impl Member {
    /// What a document says of this member, in the one form in which it is kept; null says nothing.
    fn taken(&self, document: &mut Members) -> Result<Option<Value>, Violation> {
        for around in 1..self.path.len() {
            let (path, _) = self.path.split_at(around);
            if get(document, path).is_some_and(|value| !value.is_object() && !value.is_null()) {
                return Err(violation(path, Reason::WrongType("object")));
            }
        }
        match remove(document, self.path) {
            None | Some(Value::Null) if self.required => Err(violation(self.path, Reason::Missing)),
            None | Some(Value::Null) => Ok(None),
            Some(value) => match self.form.read(value) {
                Ok(value) => Ok(Some(value)),
                Err(reason) => Err(violation(self.path, reason)),
            },
        }
    }
}

fn violation(path: &[&str], reason: Reason) -> Violation {
    Violation::new(path.iter().flat_map(|step| ["/", step]).collect::<String>(), reason)
}

impl Form {
    fn read(self, value: Value) -> Result<Value, Reason> {
        match (self, value) {
            (Self::Switch | Self::LooseSwitch, Value::Bool(on)) => Ok(on.into()),
            (Self::LooseSwitch, Value::String(text)) if text == "true" || text == "false" => {
                Ok((text == "true").into())
            }
            (Self::Switch | Self::LooseSwitch, _) => Err(Reason::WrongType("boolean")),
            (Self::Hours, value) => hours(&value).map(Value::from),
            (Self::Texts, Value::Array(texts)) => texts_of(texts),
            (Self::References, Value::Array(references)) => references_of(&references),
            (Self::Texts | Self::References, _) => Err(Reason::WrongType("array")),
            (_, Value::String(text)) => self.text(text).map(Value::from),
            _ => Err(Reason::WrongType("string")),
        }
    }

    fn text(self, text: String) -> Result<String, Reason> {
        match self {
            Self::Words => Ok(text),
            _ if text.is_empty() => Err(Reason::Empty),
            Self::Code(length) if text.chars().count() != length => {
                Err(Reason::Other(format!("must have {length} characters")))
            }
            Self::Https if !is_url(&text, &["https://"]) => {
                Err(Reason::Other("must be an https URL".to_owned()))
            }
            Self::Url if !is_url(&text, &["https://", "http://"]) => {
                Err(Reason::Other("must be an http or https URL".to_owned()))
            }
            Self::OneOf(allowed) if !allowed.contains(&text.as_str()) => {
                Err(Reason::NotAllowed(allowed.to_vec()))
            }
            _ => Ok(text),
        }
    }
}

fn is_url(text: &str, schemes: &[&str]) -> bool {
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

/// PingOne's session window.
fn hours(value: &Value) -> Result<i64, Reason> {
    let hours = match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    };
    match hours {
        Some(hours @ 1..=24) => Ok(hours),
        Some(_) => Err(Reason::OutOfRange(1, 24)),
        None => Err(Reason::WrongType("integer")),
    }
}

fn texts_of(texts: Vec<Value>) -> Result<Value, Reason> {
    if texts.is_empty() {
        Err(Reason::Empty)
    } else if texts.iter().all(Value::is_string) {
        Ok(texts.into())
    } else {
        Err(Reason::WrongType("array of strings"))
    }
}

fn references_of(references: &[Value]) -> Result<Value, Reason> {
    if references.is_empty() {
        return Err(Reason::Empty);
    }
    let ids = references.iter().map(|reference| {
        let id = reference.get("id").and_then(Value::as_str).ok_or(Reason::WrongType("array of objects"))?;
        Ok(serde_json::json!({"id": id}))
    });
    ids.collect::<Result<Vec<_>, _>>().map(Value::from)
}
