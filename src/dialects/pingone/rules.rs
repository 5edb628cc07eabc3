//! What PingOne demands of a document that describes an identity provider: each type is a table of members.

use serde_json::Value;

use super::members::{Form, Member, optional, required};
use super::wire::{Core, KINDS, Kind, SIGNATURE_NAMES};
use crate::dialects::lens::{Members, get, insert};
use crate::error::{ErrorKind, Reason, Result, Violation};
use crate::model::SocialService;

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
    required(&["idpVerification", "certificates"], Form::References(1)),
    optional(&["authnRequestSigned"], Form::LooseSwitch),
    optional(&["spEntityId"], Form::Text),
    optional(&["spSigning", "key", "id"], Form::Text),
    optional(&["spSigning", "algorithm"], Form::OneOf(SIGNATURE_NAMES)),
    optional(&["sloBinding"], BINDINGS),
    optional(&["sloEndpoint"], Form::Url),
    optional(&["sloResponseEndpoint"], Form::Url),
    optional(&["sloWindow"], Form::LooseBetween(1, 24)),
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
    document: &Members,
    current: Option<&Kind>,
    shown: Option<&Members>,
) -> Result<(&'static Kind, Members)> {
    let mut violations = Vec::new();
    let kind = match kind(document, current) {
        Ok(kind) => Some(kind),
        Err(reason) => {
            violations.push(Violation::new("/type", reason));
            None
        }
    };
    let mut known = Members::new();
    for member in kind.map_or(&[COMMON] as &[_], tables).iter().copied().flatten() {
        let as_shown = shown.is_some_and(|shown| get(shown, member.path) == get(document, member.path));
        let read = if as_shown { Ok(get(document, member.path).cloned()) } else { member.read(document) };
        match read {
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
