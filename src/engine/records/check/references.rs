//! What records refer to.

use crate::engine::ReadTx;
use crate::engine::keyspace::{Key as Place, tag};
use crate::engine::tables::told;
use crate::error::Result;
use crate::model::{Application, Attachment, Id, IdentityProvider, Key, Link, Tenant, User, VendorRecord};

/// Something that a record refers to: it is there if one of the places is taken.
pub(crate) struct Reference {
    pub(crate) what: String,
    places: Vec<Place>,
}

impl Reference {
    /// Whether it leads to something.
    pub(crate) fn is_met(&self, tx: &dyn ReadTx) -> Result<bool> {
        for place in &self.places {
            if tx.get(place.bytes())?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A record that may refer to others.
pub(crate) trait Refers {
    /// All that it refers to.
    fn references(&self, tenant: Id) -> Vec<Reference>;
}

fn trusted_key(tenant: Id, kid: &str) -> Reference {
    let place = |id| Place::of(tag::TRUSTED_KEY).id(tenant).id(id);
    Reference {
        what: format!("trusted key `{}`", told(kid)),
        places: Id::from_uuid(kid).map(place).into_iter().collect(),
    }
}

/// A signing key by its `kid`: whether the entry leads to a key is looked at where the entry is.
fn signing_key(tenant: Id, kid: &str) -> Reference {
    let places = vec![Place::of(tag::SIGNING_KID).id(tenant).text(kid)];
    Reference { what: format!("signing key `{}`", told(kid)), places }
}

/// A signing key that this owner may use.
fn own_signing_key(tenant: Id, owner: Id, kid: &str) -> Reference {
    let place = Place::of(tag::ATTACHMENT).id(tenant).id(owner).text(&kid.to_lowercase()).text(kid);
    Reference { what: format!("signing key `{}` as one of its own", told(kid)), places: vec![place] }
}

/// A tenant, a provider, an application or a vendor record, which are what can own keys.
fn owner(tenant: Id, id: Id) -> Reference {
    let of = |table| Place::of(table).id(tenant).id(id);
    let mut places = vec![of(tag::PROVIDER), of(tag::APPLICATION), of(tag::VENDOR_RECORD)];
    if id == tenant {
        places.push(Place::of(tag::TENANT).id(id));
    }
    Reference { what: format!("owner {id}"), places }
}

impl Refers for Tenant {
    fn references(&self, _: Id) -> Vec<Reference> {
        self.default_signing_key.iter().map(|kid| signing_key(self.id, kid)).collect()
    }
}

impl Refers for IdentityProvider {
    fn references(&self, tenant: Id) -> Vec<Reference> {
        let trusted = self.trusted_keys.iter().map(|kid| trusted_key(tenant, kid));
        trusted.chain(self.signing_key.iter().map(|kid| own_signing_key(tenant, self.id, kid))).collect()
    }
}

impl Refers for Application {
    fn references(&self, tenant: Id) -> Vec<Reference> {
        let trusted =
            self.trusted_keys.iter().chain(&self.encryption_key).map(|kid| trusted_key(tenant, kid));
        trusted.chain(self.signing_key.iter().map(|kid| own_signing_key(tenant, self.id, kid))).collect()
    }
}

impl Refers for Key {
    fn references(&self, tenant: Id) -> Vec<Reference> {
        self.request.iter().map(|request| owner(tenant, request.owner)).collect()
    }
}

impl Refers for Attachment {
    fn references(&self, tenant: Id) -> Vec<Reference> {
        vec![owner(tenant, self.owner), signing_key(tenant, &self.kid)]
    }
}

impl Refers for User {
    fn references(&self, _: Id) -> Vec<Reference> {
        Vec::new()
    }
}

impl Refers for Link {
    fn references(&self, tenant: Id) -> Vec<Reference> {
        let of = |table, id| vec![Place::of(table).id(tenant).id(id)];
        vec![
            Reference {
                what: format!("provider {}", self.provider),
                places: of(tag::PROVIDER, self.provider),
            },
            Reference { what: format!("user {}", self.user), places: of(tag::USER, self.user) },
        ]
    }
}

impl Refers for VendorRecord {
    fn references(&self, tenant: Id) -> Vec<Reference> {
        const OWNERS: [u8; 4] = [tag::PROVIDER, tag::APPLICATION, tag::USER, tag::VENDOR_RECORD];
        let place = |owner: Id| {
            let places = OWNERS.map(|table| Place::of(table).id(tenant).id(owner));
            let own = (owner == tenant).then(|| Place::of(tag::TENANT).id(owner));
            Reference { what: format!("owner {owner}"), places: places.into_iter().chain(own).collect() }
        };
        let key = self.signing_key.iter().map(|kid| own_signing_key(tenant, self.id, kid));
        self.owners.iter().copied().map(place).chain(key).collect()
    }
}
