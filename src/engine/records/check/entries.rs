//! Whether an index entry leads to a record that has it.

use crate::engine::ReadTx;
use crate::engine::keyspace::{self, Key as Place, tag};
use crate::engine::records::{Record, read};
use crate::engine::tables::Parts;
use crate::error::Result;
use crate::model::{Application, Attachment, Id, IdentityProvider, Key, Link, User, VendorRecord};

/// That there is no record.
const NOTHING: &str = "leads to nothing";

/// Why an entry leads nowhere, if it does; an entry that leads to a record which cannot be read counts as good.
pub(super) fn fault(
    tx: &dyn ReadTx,
    (key, note): (&[u8], &[u8]),
    parts: &Parts,
) -> Result<Option<&'static str>> {
    let Some(tenant) = parts.tenant else { return Ok(None) };
    let led = Led { tx, tenant, key, note };
    let (first, last) = (parts.ids.first().copied(), parts.ids.last().copied());
    let at = |table, id: Option<Id>| id.map(|id| Place::of(table).id(tenant).id(id));
    match key.first() {
        Some(&(tag::SIGNING_KID | tag::REQUEST)) => led.to::<Key>(at(
            tag::SIGNING_KEY,
            keyspace::last_id(note).filter(|_| note.len() == size_of::<Id>()),
        )),
        Some(&tag::TRUSTED_DIGEST) => led.to::<Key>(at(tag::TRUSTED_KEY, last)),
        Some(&tag::KEY_DATE) => match led.to::<Key>(at(tag::SIGNING_KEY, last))? {
            Some(NOTHING) => led.to::<Key>(at(tag::TRUSTED_KEY, last)),
            fault => Ok(fault),
        },
        Some(&(tag::ATTACHED_TO | tag::PLANNED_END)) => {
            let kid = parts.texts.first().map(String::as_str).unwrap_or_default();
            let attachment = at(tag::ATTACHMENT, last);
            match led.to::<Attachment>(attachment.map(|owner| owner.text(&kid.to_lowercase()).text(kid)))? {
                Some(NOTHING) if key.first() == Some(&tag::PLANNED_END) => {
                    led.to::<IdentityProvider>(at(tag::PROVIDER, last))
                }
                fault => Ok(fault),
            }
        }
        Some(&tag::USER_LOGIN) => led.to::<User>(at(tag::USER, last)),
        Some(&(tag::VENDOR_RECORD_NAME | tag::VENDOR_RECORD_OWNER)) => {
            led.to::<VendorRecord>(at(tag::VENDOR_RECORD, last))
        }
        Some(&tag::LINK_OF_USER) => {
            let provider = at(tag::LINK, last);
            led.to::<Link>(provider.zip(first).map(|(provider, user)| provider.id(user)))
        }
        Some(
            &(tag::APPLICATION_NAME
            | tag::APPLICATION_ENTITY_ID
            | tag::APPLICATION_STATE
            | tag::KEY_USE_BY_APPLICATION),
        ) => led.to::<Application>(at(tag::APPLICATION, last)),
        _ => led.to::<IdentityProvider>(at(tag::PROVIDER, last)),
    }
}

/// An entry, with what is noted there.
struct Led<'e> {
    tx: &'e dyn ReadTx,
    tenant: Id,
    key: &'e [u8],
    note: &'e [u8],
}

impl Led<'_> {
    fn to<R: Record>(&self, place: Option<Place>) -> Result<Option<&'static str>> {
        let stored = place.as_ref().map(|place| self.tx.get(place.bytes())).transpose()?.flatten();
        let (Some(place), Some(stored)) = (place, stored) else { return Ok(Some(NOTHING)) };
        let Ok(record) = read::<R>(place.bytes(), stored.as_ref()) else { return Ok(None) };
        let has = |(key, note): (&Place, &Vec<u8>)| key.bytes() == self.key && note == self.note;
        Ok((!record.index(self.tenant).iter().any(has))
            .then_some("leads to a record that does not have this entry"))
    }
}
