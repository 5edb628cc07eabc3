//! Signatures that a host makes in its own time: a call that lacks one changes nothing, and is repeated.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use idpstore::env::{CertificateSettings, Clock, Environment, Generator, SignatureSource};
use idpstore::model::{IdentityProvider, Protocol, Saml};
use idpstore::pki::{
    Certificate, CertificationRequest, DistinguishedName, EcCurve, Hash, KeySpec, NameAttribute, PrivateKey,
    Profile, Signer as _, Timestamp, pem,
};
use idpstore::saml::EncodingStandard;
use idpstore::testing::{CannedKeys, CountedEntropy};
use idpstore::{CertificatePlan, Error, ErrorKind, IdpStore, Need, Owner, Result, Service};

/// Signs once it has been asked for the signature before.
#[derive(Clone, Debug, Default)]
struct Elsewhere(Arc<Mutex<Vec<Vec<u8>>>>);

impl SignatureSource for Elsewhere {
    fn sign(&self, key: &PrivateKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        let mut asked = self.0.lock().unwrap();
        asked.push(message.to_owned());
        if asked.len() == 1 {
            return Err(Error::pending(Need::Signature));
        }
        Generator(&CountedEntropy::default()).sign(key, hash, message)
    }
}

/// A clock that shows another millisecond each time.
#[derive(Debug)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

fn store(signatures: impl SignatureSource + 'static) -> IdpStore {
    let environment = Environment {
        clock: Arc::new(Ticking(AtomicI64::new(1_768_471_200_000))),
        entropy: Arc::new(CountedEntropy::default()),
        keys: Arc::new(CannedKeys::default()),
        seal_entropy: None,
        signatures: Some(Arc::new(signatures)),
        derivation: None,
        fetcher: None,
        character_sets: Arc::new(EncodingStandard),
        certificates: CertificateSettings::default(),
    };
    IdpStore::builder().open_in(environment).unwrap()
}

fn owner(service: &Service) -> Owner {
    let made = service.create_provider(|draft| {
        Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", Protocol::Saml(Saml::default())))
    });
    Owner::Provider(made.unwrap().id)
}

/// Asks for a certificate for a new key, and checks the request's signature.
fn request(service: &Service, owner: Owner, spec: KeySpec) -> Result<()> {
    let subject = DistinguishedName::new().with(NameAttribute::CommonName, "sp.example.com");
    let key = service.create_request(owner, &subject, &[], spec)?;
    let der = pem::base64_any(&key.request.unwrap().der)?;
    CertificationRequest::from_der(&der)?.verify()
}

#[test]
fn a_call_that_lacks_a_signature_changes_nothing_and_is_repeated() {
    let elsewhere = Elsewhere::default();
    let service = store(elsewhere.clone()).service();
    let owner = owner(&service);
    let before = service.changes(0, 100).unwrap().len();

    let rsa = KeySpec::Rsa { bits: 2048 };
    assert_eq!(request(&service, owner, rsa).unwrap_err().kind(), &ErrorKind::Pending(Need::Signature));
    assert_eq!(service.changes(0, 100).unwrap().len(), before);
    assert_eq!(service.requests(owner).unwrap(), []);

    request(&service, owner, rsa).unwrap();
    assert_eq!(service.requests(owner).unwrap().len(), 1);
    assert_eq!(elsewhere.0.lock().unwrap().len(), 2);
}

#[test]
fn keys_on_curves_sign_here() {
    let elsewhere = Elsewhere::default();
    let service = store(elsewhere.clone()).service();
    let owner = owner(&service);
    request(&service, owner, KeySpec::Ec { curve: EcCurve::P256 }).unwrap();
    assert!(elsewhere.0.lock().unwrap().is_empty());
}

/// Lets another thread write before it signs.
#[derive(Clone, Debug, Default)]
struct Overtaken {
    service: Arc<OnceLock<Service>>,
    outcome: Arc<Mutex<Option<Result<(), RecvTimeoutError>>>>,
}

impl SignatureSource for Overtaken {
    fn sign(&self, key: &PrivateKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        let service = self.service.get().unwrap().clone();
        let (written, waiting) = mpsc::channel();
        thread::spawn(move || {
            owner(&service);
            written.send(())
        });
        *self.outcome.lock().unwrap() = Some(waiting.recv_timeout(Duration::from_secs(20)));
        Generator(&CountedEntropy::default()).sign(key, hash, message)
    }
}

#[test]
fn others_write_while_a_signature_is_made() {
    let overtaken = Overtaken::default();
    let service = store(overtaken.clone()).service();
    overtaken.service.set(service.clone()).unwrap();
    let owner = owner(&service);

    request(&service, owner, KeySpec::Rsa { bits: 2048 }).unwrap();
    assert_eq!(overtaken.outcome.lock().unwrap().take(), Some(Ok(())));

    let key = service.create_signing_key(owner, |draft| {
        Ok(CertificatePlan {
            subject: DistinguishedName::new().with(NameAttribute::CommonName, "us"),
            issuer: DistinguishedName::new().with(NameAttribute::CommonName, "us"),
            serial_number: 1.into(),
            not_before: draft.now(),
            not_after: draft.now().plus_calendar_years(2),
            spec: KeySpec::Rsa { bits: 2048 },
            hash: Hash::Sha256,
            profile: Profile::Bare,
        })
    });
    assert_eq!(overtaken.outcome.lock().unwrap().take(), Some(Ok(())));
    assert_eq!(service.signing_keys(&owner.into()).unwrap().items, [key.unwrap()]);
}

/// Counts signatures, and lets another thread write before the first one.
#[derive(Clone, Debug, Default)]
struct Counting {
    service: Arc<OnceLock<Service>>,
    signed: Arc<AtomicUsize>,
}

impl SignatureSource for Counting {
    fn sign(&self, key: &PrivateKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        if self.signed.fetch_add(1, Ordering::Relaxed) == 0
            && let Some(service) = self.service.get().cloned()
        {
            thread::spawn(move || owner(&service)).join().unwrap();
        }
        Generator(&CountedEntropy::default()).sign(key, hash, message)
    }
}

/// Makes a provider whose certificate names its id, as ZITADEL's do, and checks that it does.
fn make_certified(service: &Service) {
    let made = service.create_provider(|draft| {
        let (id, now) = (draft.id(), draft.now());
        let subject = DistinguishedName::new().with(NameAttribute::CommonName, id.to_string());
        let plan = |_: &str, now: Timestamp| CertificatePlan {
            subject: subject.clone(),
            issuer: subject.clone(),
            serial_number: 1.into(),
            not_before: now,
            not_after: now.plus_calendar_years(1),
            spec: KeySpec::Rsa { bits: 2048 },
            hash: Hash::Sha256,
            profile: Profile::Bare,
        };
        draft.new_signing_key(plan, None)?;
        Ok(IdentityProvider::new(id, now, "Certified", Protocol::Saml(Saml::default())))
    });
    let id = made.unwrap().id;
    let keys = service.signing_keys(&Owner::Provider(id).into()).unwrap().items;
    let certificate = Certificate::from_der(&pem::base64_any(&keys[0].chain[0]).unwrap()).unwrap();
    assert_eq!(certificate.subject().to_string(), format!("CN={id}"));
}

#[test]
fn a_certificate_that_names_its_record_is_signed_once() {
    let counting = Counting::default();
    make_certified(&store(counting.clone()).service());
    assert_eq!(counting.signed.load(Ordering::Relaxed), 1);
}

#[test]
fn a_certificate_names_its_record_although_another_has_taken_the_id() {
    let counting = Counting::default();
    let service = store(counting.clone()).service();
    counting.service.set(service.clone()).unwrap();
    make_certified(&service);
    assert_eq!(counting.signed.load(Ordering::Relaxed), 2);
}
