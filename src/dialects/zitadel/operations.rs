//! The operations: which message each takes and gives, and what it does.

use http::StatusCode;

use super::answer::Version;
use super::asked::Asked;
use super::kinds::{KINDS, Kind};
use super::owners::{self, Surface};
use super::wire::{Message, answers, queries, requests};
use super::{protojson, providers, rules, search};
use crate::dialects::lens::Members;
use crate::error::{ErrorKind, Result};
use crate::http::{Call, Response, Warnings, body};

/// What is done.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Add(&'static Kind),
    Update(&'static Kind),
    Migrate,
    Regenerate,
    Get(Version),
    Delete,
    List,
}

impl Operation {
    /// The operation with ZITADEL's name for it.
    fn named(name: &str) -> Option<Self> {
        let is_of = |message: &Message| message.name.strip_suffix("Request") == Some(name);
        Some(match name {
            "MigrateGenericOIDCProvider" => Self::Migrate,
            "RegenerateSAMLProviderCertificate" => Self::Regenerate,
            "GetProviderByID" => Self::Get(Version::V1),
            "GetIDPByID" => Self::Get(Version::V2),
            "DeleteProvider" => Self::Delete,
            "ListProviders" => Self::List,
            _ => KINDS.iter().find_map(|kind| {
                if is_of(kind.add.request) {
                    Some(Self::Add(kind))
                } else {
                    is_of(kind.update.request).then_some(Self::Update(kind))
                }
            })?,
        })
    }

    fn request(self, surface: Surface) -> &'static Message {
        match self {
            Self::Add(kind) => kind.add.request,
            Self::Update(kind) => kind.update.request,
            Self::Migrate => &requests::MIGRATE,
            Self::Regenerate => &requests::REGENERATE,
            Self::Get(Version::V1) => &requests::GET,
            Self::Get(Version::V2) => &requests::GET_V2,
            Self::Delete => &requests::DELETE,
            Self::List if surface == Surface::Admin => &queries::ADMIN_LIST,
            Self::List => &queries::MANAGEMENT_LIST,
        }
    }
}

/// A message that was read, of which nothing else is known yet.
#[derive(Debug)]
pub(super) struct Read {
    operation: Operation,
    surface: Surface,
    pub(super) members: Members,
}

/// Reads the message that the operation of this name takes.
pub(super) fn read(name: &str, path: &str, body: &[u8]) -> Result<Read> {
    let operation = Operation::named(name).ok_or(ErrorKind::NoRoute)?;
    let surface = Surface::of_path(path);
    let members = protojson::read(operation.request(surface), surface.package(), body)?;
    Ok(Read { operation, surface, members })
}

/// Does what was asked for. The checks follow each other in the order in which ZITADEL's server makes them.
pub(super) fn run(call: &Call<'_>, Read { operation, surface, members }: Read) -> Result<Response> {
    let service = owners::service(call, surface)?;
    rules::check(operation.request(surface), &members)?;
    let asked = Asked { surface, service, members };
    let (message, answer) = match operation {
        Operation::Add(kind) => return written(providers::add(kind, asked)?),
        Operation::Update(kind) => return written(providers::update(kind, asked)?),
        Operation::Migrate => (&answers::CHANGED, providers::migrate(asked)?),
        Operation::Regenerate => (&answers::CHANGED, providers::regenerate(asked)?),
        Operation::Get(version @ Version::V1) => (&answers::GOT, providers::get(&asked, version)?),
        Operation::Get(version @ Version::V2) => (&answers::GOT_V2, providers::get(&asked, version)?),
        Operation::Delete => (&answers::CHANGED, providers::delete(&asked)?),
        Operation::List => return search::list(call, &asked),
    };
    body::json(StatusCode::OK, &protojson::write(message, answer))
}

/// The answer to a write. What should be known of the record is for the host: ZITADEL's answer has no place for it.
fn written((answer, warnings): (Members, Warnings)) -> Result<Response> {
    let mut response = body::json(StatusCode::OK, &protojson::write(&answers::CHANGED, answer))?;
    if !warnings.0.is_empty() {
        response.extensions_mut().insert(warnings);
    }
    Ok(response)
}
