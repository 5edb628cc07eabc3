//! The vendors' APIs: they translate and never decide. May import everything but `store`; dialects never
//! import each other.
//!
//! A dialect is a value ([`Dialect`]); [`ALL`] has one line for each.

mod apple_key;
mod derived;
mod endpoints;
#[cfg(test)]
#[path = "../../tests/harbor/mod.rs"]
mod harbor;
mod kinds;
mod cores;
mod crossing;
mod crossing_requests;
mod document;
pub mod lens;
#[cfg(feature = "testing")]
pub mod laws;
mod making;
#[cfg(feature = "okta")]
pub mod okta;
#[cfg(test)]
mod openapi;
mod parts;
#[cfg(feature = "pingone")]
pub mod pingone;
mod protojson;
mod rewrite;
mod template;
#[cfg(all(test, feature = "okta", feature = "pingone", feature = "zitadel"))]
mod reference;
#[cfg(feature = "zitadel")]
pub mod zitadel;

pub(crate) use crossing::crossing;
use crossing::stem;
pub use crossing::{Added, Crossing, Lost, Why, parts};
pub use crossing_requests::{CrossingRequest, CrossingRequests, FormPart, Omitted, VariableAt};
pub(crate) use making::{PROVIDER, requests};
pub(crate) use rewrite::rewrite;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::env::Environment;
use crate::error::{ErrorKind, Result};
use crate::http::cors::Cors;
use crate::http::{Request, Response, Route, Wording, host_of, path_of};
use crate::model::{Application, Id, IdentityProvider, Tenant};
use crate::service::{Draft, Policy, Service};

/// One vendor's management API.
pub struct Dialect {
    /// The name under which remainders and the change log speak of it.
    pub name: &'static str,
    /// The hosts of the vendor's service, in lower case: `example.com`, or `.example.com` for all names below it. They only
    /// matter where several dialects have the same paths: a request to one of these hosts is for this dialect.
    pub hosts: &'static [&'static str],
    /// The starts of its paths. They end where a segment of the path does; a segment `*` stands for any.
    pub prefixes: &'static [&'static str],
    /// The whole API.
    pub routes: &'static [Route],
    /// What it asks of the rules.
    pub policy: &'static Policy,
    /// How it spells the id of an identity provider, and of all else that has the same spelling.
    pub spell: fn(Id) -> String,
    /// Reads such an id back; `None` if it is not spelled so.
    pub read_id: fn(&str) -> Option<Id>,
    /// How it shows and reads identity providers.
    pub lens: &'static dyn lens::Lens,
    /// What its update makes of a provider if a client puts back this document, which [`lens::Lens::show_with`] has shown.
    pub redraft: Redraft,
    /// How it shows an application of a tenant, with URLs that begin with the text; `None` if it is of a kind that it does not have.
    pub application: fn(&Application, &Tenant, &str) -> Option<lens::Members>,
    /// How clients make providers through it.
    pub(crate) making: &'static making::Making,
    /// Whether a slash at the end of a path means nothing.
    pub ignores_trailing_slash: bool,
    /// What words the errors of requests for which there is no route.
    pub wording: &'static dyn Wording,
    /// What pages of other origins may do; `None`: nothing.
    pub cors: Option<&'static Cors>,
    /// What should be known before a change of a provider from one state to another, because of what this vendor's API can show.
    pub cautions: fn(&IdentityProvider, &IdentityProvider) -> Vec<String>,
    /// Adds the headers that all answers have.
    pub finish: fn(&mut Response, &Environment),
    /// What `docs/documents.md` says of its documents.
    #[cfg(test)]
    reference: fn() -> String,
    /// What `docs/openapi` says of its API besides its tables.
    #[cfg(test)]
    openapi: Option<fn() -> openapi::Description>,
}

/// What an update makes of a provider and a document, with the switches of the host.
pub(crate) type Redraft = fn(
    &Service,
    &mut Draft<'_, '_>,
    &IdentityProvider,
    lens::Members,
    &BTreeSet<String>,
) -> Result<IdentityProvider>;

/// All dialects.
pub static ALL: &[&Dialect] = &[
    #[cfg(feature = "okta")]
    &okta::DIALECT,
    #[cfg(feature = "pingone")]
    &pingone::DIALECT,
    #[cfg(feature = "zitadel")]
    &zitadel::DIALECT,
    #[cfg(test)]
    &harbor::DIALECT,
];

/// The names of all switches; each is documented where it is defined.
pub static SWITCHES: &[&str] = &[
    #[cfg(feature = "okta")]
    okta::LENIENT_DOCUMENTS,
    #[cfg(feature = "pingone")]
    pingone::KEEP_LOGIN_BUTTON_ICONS,
    #[cfg(feature = "zitadel")]
    zitadel::UNLIMITED_SEARCH,
];

/// The id of a record as each vendor's API spells it, with the name of the dialect.
///
/// ```
/// # #[cfg(feature = "okta")]
/// # {
/// let id = idpstore::model::Id::from_number(1_900_000_000_000_000_001);
/// assert!(idpstore::spellings(id).any(|spelling| spelling == ("okta", "0oa0002GM1FU6deuf1ds".to_owned())));
/// assert_eq!(idpstore::read_id("0oa0002GM1FU6deuf1ds"), Some(id));
/// # }
/// ```
pub fn spellings(id: Id) -> impl Iterator<Item = (&'static str, String)> {
    ALL.iter().map(move |dialect| (dialect.name, (dialect.spell)(id)))
}

/// The names of the dialects that show a provider.
pub(crate) fn showing(provider: &IdentityProvider) -> impl Iterator<Item = &'static str> {
    ALL.iter().filter(|dialect| (dialect.policy.knows_provider)(provider)).map(|dialect| dialect.name)
}

/// Reads an id in the spelling of any vendor's API, or in decimal digits; `None` if it is in none of them.
#[must_use]
pub fn read_id(text: &str) -> Option<Id> {
    let spelled = ALL.iter().find_map(|dialect| (dialect.read_id)(text));
    spelled.or_else(|| Id::try_from(text.parse::<u64>().ok()?).ok())
}

/// The dialect to which a request belongs: of those with its path the one with its host, or else the first.
#[must_use]
pub fn of(request: &Request) -> Option<&'static Dialect> {
    let mut candidates = ALL.iter().copied().filter(|dialect| dialect.has_path(path_of(request)));
    let host = host_of(request).unwrap_or_default();
    candidates.clone().find(|dialect| dialect.has_host(&host)).or_else(|| candidates.next())
}

impl Dialect {
    fn has_path(&self, path: &str) -> bool {
        self.prefixes.iter().any(|prefix| {
            let rest = match prefix.strip_prefix("/*") {
                Some(end) => path
                    .get(1..)
                    .and_then(|path| path.find('/').and_then(|at| path.get(at..)))
                    .and_then(|rest| rest.strip_prefix(end)),
                None => path.strip_prefix(*prefix),
            };
            rest.is_some_and(|rest| prefix.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
        })
    }

    fn has_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| if own.starts_with('.') { host.ends_with(own) } else { host == *own })
    }
}

/// Puts a document through one dialect's lens, and lets the others drop what it contradicts.
///
/// # Errors
///
/// Those of [`lens::Lens::put`].
pub fn put(
    dialect: &Dialect,
    cx: lens::Context<'_>,
    old: Option<&IdentityProvider>,
    document: lens::Members,
) -> Result<IdentityProvider> {
    let mut new = dialect.lens.put(cx, old, document)?;
    if let Some(old) = old {
        settle(dialect, old, &mut new);
    }
    Ok(new)
}

/// Lets all dialects but the one that has made `new` of `old` drop what contradicts it.
fn settle(dialect: &Dialect, old: &IdentityProvider, new: &mut IdentityProvider) {
    for neighbour in ALL.iter().filter(|neighbour| neighbour.name != dialect.name) {
        neighbour.lens.settle(old, new);
    }
}

/// What was found, if it is there.
fn if_there<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound { .. }) => Ok(None),
        found => found.map(Some),
    }
}

/// Lets all dialects drop what contradicts `new`, which was made of `old` through none of them.
pub(crate) fn settle_all(old: &IdentityProvider, new: &mut IdentityProvider) {
    for dialect in ALL {
        dialect.lens.settle(old, new);
    }
}

/// base64url without padding (RFC 4648, section 5), in which vendors write what is opaque.
fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
