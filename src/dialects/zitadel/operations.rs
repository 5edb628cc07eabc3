//! The operations: which message each takes, and what it does.

use std::borrow::Cow;

use super::documents::kinds::{KINDS, Kind};
use super::documents::{Version, queries, requests};
use super::further::{self, Further};
use super::owners::{self, Surface};
use super::requested::Requested;
use super::{providers, search};
use crate::dialects::lens::Members;
use crate::dialects::protojson::{self, Message};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Call, Response};

/// What is done.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    Add(&'static Kind),
    Update(&'static Kind),
    Migrate,
    Regenerate,
    Get(Version),
    Delete,
    List,
    Further(&'static Further),
}

impl Operation {
    /// The operation with ZITADEL's name for it, and its message, whose name is the same and `Request`.
    pub(super) fn named(name: &str, surface: Surface) -> Option<(Self, &'static Message)> {
        let named = |message: &Message| message.name().strip_suffix("Request") == Some(name);
        let further = further::ALL.iter().find(|it| it.surface == surface && named(it.request));
        if let Some(further) = further {
            return Some((Self::Further(further), further.request));
        }
        let list = if surface == Surface::Admin { &queries::ADMIN_LIST } else { &queries::MANAGEMENT_LIST };
        let common = [
            (Self::Migrate, &requests::MIGRATE),
            (Self::Regenerate, &requests::REGENERATE),
            (Self::Get(Version::V1), &requests::GET),
            (Self::Get(Version::V2), &requests::GET_V2),
            (Self::Delete, &requests::DELETE),
            (Self::List, list),
        ];
        let of_kinds =
            KINDS.iter().flat_map(|kind| [(Self::Add(kind), &kind.add), (Self::Update(kind), &kind.update)]);
        common.into_iter().chain(of_kinds).find(|(_, message)| named(message))
    }
}

/// A message that was read, of which nothing else is known yet.
pub(super) struct Read {
    operation: Operation,
    request: &'static Message,
    surface: Surface,
    pub(super) members: Members,
}

/// Reads the message that the operation of this name takes, which `body` finds.
pub(super) fn read<'b>(
    name: &str,
    path: &str,
    body: impl FnOnce(&'static Message) -> Result<Cow<'b, [u8]>>,
) -> Result<Read> {
    let surface = Surface::of_path(path);
    let (operation, request) = Operation::named(name, surface).ok_or(ErrorKind::NoRoute)?;
    let members = protojson::read(request, surface.package(), &body(request)?)?;
    Ok(Read { operation, request, surface, members })
}

/// Does what was requested. The checks follow each other in the order in which ZITADEL's server makes them.
pub(super) fn run(call: &Call<'_>, Read { operation, request, surface, members }: Read) -> Result<Response> {
    let service = owners::service(call, surface)?;
    if let Some(words) = protojson::violation(request, &members) {
        return Err(Error::new(ErrorKind::Invalid { violations: Vec::new() }).caused_by(words));
    }
    let requested = Requested { surface, service, members };
    match operation {
        Operation::Add(kind) => providers::add(kind, requested),
        Operation::Update(kind) => providers::update(kind, requested),
        Operation::Migrate => providers::migrate(requested),
        Operation::Regenerate => providers::regenerate(requested),
        Operation::Get(version) => providers::get(&requested, version),
        Operation::Delete => providers::delete(&requested),
        Operation::List => search::list(call, &requested),
        Operation::Further(further) => (further.run)(call, &requested),
    }
}
