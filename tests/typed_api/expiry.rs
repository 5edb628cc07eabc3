//! What of the keys ends, and when.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use idpstore::engine::{MemoryEngine, RedbEngine};
use idpstore::model::{Id, KeyDate};
use idpstore::pki::{
    DistinguishedName, Hash, Issuance, NameAttribute, PrivateKey, Profile, Timestamp, issue,
};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{IdpStore, NewRequest, NewSigningKey, Owner};

use idpstore::env::{Generator, SeededEntropy};

pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_900_000_000);
pub(crate) const DAY: i64 = 24 * 60 * 60;

fn name(name: &str) -> DistinguishedName {
    DistinguishedName::new().with(NameAttribute::CommonName, name)
}

/// A certificate of one key, signed with another, which ends after so many days.
pub(crate) fn certificate(
    key: &PrivateKey,
    subject: &str,
    issuer: (&PrivateKey, &str),
    days: i64,
) -> Vec<u8> {
    let issuance = Issuance {
        serial_number: 1.into(),
        not_before: NOW,
        not_after: NOW.plus_seconds(days * DAY),
        issuer: &name(issuer.1),
        subject: &name(subject),
        hash: Hash::Sha256,
        profile: Profile::Bare,
    };
    issue(&issuance, &key.public_jwk(), issuer.0, &mut Generator(&SeededEntropy::new([7; 32]))).unwrap()
}

/// A partner's certificate that ends after 20 days, and that of its issuer, which ends after 10.
pub(crate) fn chain() -> String {
    let [leaf, root] = [6, 7].map(|position| CannedKeys::key(position).unwrap());
    let root_certificate = certificate(&root, "root", (&root, "root"), 10);
    let leaf_certificate = certificate(&leaf, "partner", (&root, "root"), 20);
    let pem = |der| {
        let text = BASE64_STANDARD.encode(der);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    };
    pem(leaf_certificate) + &pem(root_certificate)
}

/// The tenant, days from the start, what happens and the `kid` of each date before so many days from the start.
fn expiring(store: &IdpStore, days: i64) -> Vec<(Id, i64, KeyDate, String)> {
    let found = store.expiring(NOW.plus_seconds(days * DAY)).unwrap().into_iter();
    let day = |at: Timestamp| (at.unix_seconds() - NOW.unix_seconds()) / DAY;
    found.map(|it| (it.tenant, day(it.at), it.what, it.key.kid)).collect()
}

#[test]
fn dates_are_found_in_their_order_in_all_tenants() {
    let builders = [
        IdpStore::builder().engine(MemoryEngine::default()),
        IdpStore::builder().engine(RedbEngine::in_memory().unwrap()),
    ];
    for builder in builders {
        let clock = FixedClock::at(NOW);
        let environment = builder.clock(clock.clone()).entropy(CountedEntropy::default());
        let store = environment.keys(CannedKeys::default()).open().unwrap();
        let tenant = store.service().tenant().unwrap().id;
        let keys = store.signing_keys(Owner::Tenant);
        let own = keys.generate(&NewSigningKey { years: 1, ..NewSigningKey::default() }).unwrap().kid;
        clock.advance(DAY);
        let requested = keys.request(&NewRequest::new(name("sp"))).unwrap();
        let acme = store.tenants().create("Acme").unwrap().id;
        let trusted = store.for_tenant(acme).trusted_keys().import(chain()).unwrap().kid;

        let request = (tenant, 1, KeyDate::Request, requested.kid.clone());
        let issuer = (acme, 10, KeyDate::Issuer, trusted.clone());
        let partner = (acme, 20, KeyDate::Certificate, trusted.clone());
        let own = (tenant, 365, KeyDate::Certificate, own);
        assert_eq!(expiring(&store, 1), []);
        assert_eq!(expiring(&store, 10), std::slice::from_ref(&request));
        assert_eq!(expiring(&store, 11), [request.clone(), issuer.clone()]);
        assert_eq!(expiring(&store, 400), [request, issuer.clone(), partner.clone(), own.clone()]);

        // What is gone is not found any more.
        keys.revoke(&requested.request.unwrap().id).unwrap();
        assert_eq!(expiring(&store, 400), [issuer, partner, own.clone()]);
        assert_eq!(store.check().unwrap().problems, []);
        store.tenants().delete(acme).unwrap();
        assert_eq!(expiring(&store, 400), [own]);
        assert_eq!(store.check().unwrap().problems, []);
    }
}
