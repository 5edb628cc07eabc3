//! Planned ends: when an overlap ends, and when a partner's certificate is trusted no longer.

use std::ops::ControlFlow;

use super::{attachment, provider};
use crate::engine::keyspace::{Key, tag};
use crate::engine::tables::{self, Parts};
use crate::engine::{ReadTx, Scan};
use crate::error::Result;
use crate::model::{Id, IdentityProvider, Planned};
use crate::pki::Timestamp;

/// What ends.
pub(crate) enum Ending {
    /// The overlap of a key that an owner has signed with.
    Overlap,
    /// The trust of a provider in a partner's certificate.
    Trust(Box<IdentityProvider>),
}

/// The entry that says when an owner stops publishing a certificate, or trusting it.
pub(super) fn planned_end(tenant: Id, end: Timestamp, owner: Id, kid: &str) -> Key {
    ends(tenant, end).id(owner).text(kid)
}

/// Where the entries for this time begin.
fn ends(tenant: Id, end: Timestamp) -> Key {
    Key::of(tag::PLANNED_END).id(tenant).number(number(end))
}

/// A time as entries have it: what ends before 1970 ends then.
fn number(end: Timestamp) -> u64 {
    u64::try_from(end.unix_millis()).unwrap_or_default()
}

/// What of this owner ends at this time and has not been ended yet.
pub(crate) fn ending(
    tx: &dyn ReadTx,
    tenant: Id,
    owner: Id,
    kid: &str,
    end: Timestamp,
) -> Result<Option<Ending>> {
    let is_it = |planned: Timestamp| number(planned) == number(end);
    if let Some(attachment) = attachment(tx, tenant, owner, kid)? {
        let ends = matches!(attachment.planned, Some(Planned::Previous(until)) if is_it(until));
        return Ok(ends.then_some(Ending::Overlap));
    }
    let ends =
        |provider: &IdentityProvider| provider.planned_ends().any(|(known, at)| known == kid && is_it(at));
    Ok(provider(tx, tenant, owner)?.filter(ends).map(|provider| Ending::Trust(provider.into())))
}

/// The planned ends that have come by now, in their order: when, of which owner, and of the key with which `kid`.
pub(crate) fn planned_ends(
    tx: &dyn ReadTx,
    tenant: Id,
    now: Timestamp,
) -> Result<Vec<(Timestamp, Id, String)>> {
    let (all, last) = (Key::of(tag::PLANNED_END).id(tenant), ends(tenant, now).end());
    let mut found = Vec::new();
    tx.scan(Scan::ascending(all.bytes(), &last), &mut |entry, _| {
        if let (_, Some(Parts { ids, texts, .. })) = tables::read(entry)
            && let ([end, owner], [kid]) = (ids.as_slice(), texts.as_slice())
        {
            let end = Timestamp::from_unix_millis(i64::try_from(end.number()).unwrap_or(i64::MAX));
            if ending(tx, tenant, *owner, kid, end)?.is_some() {
                found.push((end, *owner, kid.clone()));
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}
