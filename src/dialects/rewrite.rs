//! A provider edited in a vendor's document, by a client that was shown it without its secrets: it takes the way of the vendor's own
//! update.

use std::collections::BTreeSet;

use serde_json::Value;

use super::lens::Members;
use super::{Dialect, parts, stem};
use crate::engine::records::keep_secrets;
use crate::error::{Result, pointer};
use crate::model::{Id, IdentityProvider, place};
use crate::service::Service;

/// Replaces a provider with what a dialect's document describes. `service` follows the policy of the dialect. Secrets that the
/// document leaves out stay as they are, and if it shows what the provider is, nothing is written.
///
/// # Errors
///
/// [`Invalid`](crate::ErrorKind::Invalid) with pointers into the document if
/// its vendor would refuse it, and those of [`Service::update_provider`].
pub(crate) fn rewrite(
    service: &Service,
    id: Id,
    dialect: &Dialect,
    document: &Members,
    switches: &BTreeSet<String>,
) -> Result<IdentityProvider> {
    let made = service.update_provider(id, |old, draft| {
        let certificates = || service.trusted_certificates(old);
        let show = |record| dialect.lens.show_with(record, "", &certificates);
        let shown = show(old)?.map(Value::Object).unwrap_or_default();
        let mut document = document.clone();
        keep_secrets(&mut document, &shown);
        let new = (dialect.redraft)(service, draft, old, document, switches)?;
        let is_same = same_core(dialect, old, &new) && show(&new)?.map(Value::Object) == Some(shown);
        Ok((!is_same).then_some(new))
    });
    made.map_err(|error| match service.provider(id) {
        Ok(record) => error.placed(|place| shown_at(dialect, &record, place)),
        Err(_) => error,
    })
}

/// Whether two states of a provider have the same core. What the dialect itself has kept is compared by what it shows.
fn same_core(dialect: &Dialect, old: &IdentityProvider, new: &IdentityProvider) -> bool {
    let core = |record: &IdentityProvider| {
        let mut record = record.clone();
        record.remainders.remove(dialect.name);
        record
    };
    core(old) == core(new)
}

/// Where the document that is shown has what a violation is about: as a whole, if it has no member for it.
fn shown_at(dialect: &Dialect, record: &IdentityProvider, place: &str) -> String {
    let start = place.split('/').next().unwrap_or_default();
    let received = place::core(start).map_or_else(
        || place.to_owned(),
        |part| {
            let mut found = None;
            parts(dialect.lens, record, &mut |other, path, _| {
                if found.is_none() && stem(other) == part {
                    found = Some(pointer::of(path));
                }
            });
            found.unwrap_or_default()
        },
    );
    dialect.lens.shown_at(record, &received)
}
