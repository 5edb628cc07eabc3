//! The requests that make a provider at ZITADEL: each kind has an operation of its own.

use http::Method;

use super::documents::fields::PRIVATE_KEY;
use super::documents::kinds::Kind;
use super::documents::provider::PROVIDER;
use super::lens::read;
use super::owners::Surface;
use super::partner;
use super::routes::ROUTES;
use crate::dialects::document::Sent;
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::{Context, Members};
use crate::dialects::making::{Inactive, Making};
use crate::dialects::protojson;
use crate::error::{Error, ErrorKind, Result};
use crate::http::body;
use crate::model::{Id, IdentityProvider, Tenant};

/// How they are made. The default tenant is the instance.
pub(super) static MAKING: Making = Making {
    scheme: "Bearer",
    variables: &[],
    document: |record, shown| {
        let kind = Kind::of(&record.protocol);
        let needs = |name: &str| kind.is_some_and(|kind| kind.adding.requires(name));
        PROVIDER.anew(record, shown, &Sent { servers: &[], state: false }, &needs)
    },
    in_base64: &[PRIVATE_KEY.key()],
    check,
    certificate: None,
    path,
    inactive: Inactive::Never,
};

/// Looks at a document as the operation does that makes a provider of it.
fn check(cx: Context<'_>, record: &IdentityProvider, document: &Members) -> Result<()> {
    let kind = Kind::of_provider(record)?;
    let mut members = protojson::read(&kind.add, Surface::Admin.package(), &body::bytes(document)?)?;
    if let Some(words) = protojson::violation(&kind.add, &members) {
        return Err(Error::new(ErrorKind::Invalid { violations: Vec::new() }).caused_by(words));
    }
    kind.adding.check(&mut members)?;
    let metadata = kind.is_saml().then(|| partner::read(&members, cx.character_sets)).transpose()?;
    read(cx, None, kind, members, metadata.as_ref()).map(drop)
}

fn path(tenant: Id, record: &IdentityProvider) -> String {
    let surface = if tenant == Tenant::DEFAULT { Surface::Admin } else { Surface::Management };
    let operation = Kind::of(&record.protocol).and_then(|kind| kind.add.name().strip_suffix("Request"));
    let route = ROUTES.iter().find(|route| {
        route.method == Method::POST
            && Some(route.operation) == operation
            && Surface::of_path(route.path) == surface
    });
    route.map(|route| route.path).unwrap_or_default().to_owned()
}
