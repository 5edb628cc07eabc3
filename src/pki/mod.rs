//! RFC work as pure functions; knows nothing of providers, engines or vendors. May import: `error`.
//!
//! - `time`: instants, as RFC 3339 text and as ASN.1 times
//! - `name`: distinguished names
//! - `jwk`: public keys as JSON Web Keys (RFC 7517, 7518, 8037)
//! - `spki`: the same keys as `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7)
//! - [`thumbprint`]: JWK thumbprints (RFC 7638) and certificate digests (RFC 7517, sections 4.8 and 4.9)
//! - `keygen`: private keys, from a generator passed in
//! - `hash`: hash functions under signatures
//! - `curve`, `ec`: the NIST curves, and keys on them
//! - `rsa_key`: RSA keys, and how large they may be
//! - `serial`: serial numbers of any size
//! - `certificate`: read certificates (RFC 5280)
//! - `issuance`: issue certificates, to ourselves or by an authority (RFC 5280)
//! - [`csr`]: build and read certification requests (RFC 2986), match a certificate against one
//! - [`findings`]: what the owner of a key or certificate should know
//! - [`bundle`]: certificates in files of whatever form, read tolerantly
//! - [`pem`]: textual encodings (RFC 7468)
//! - [`pkcs7`]: certificates alone in a signed message (RFC 5652), written
//! - [`pkcs12`]: keys with their certificates, under a password (RFC 7292)
//! - [`pkcs8`]: private keys in PKCS #8 (RFC 5958), in the texts in which they are handed on
//! - `signer`: who makes signatures
//! - `ber`: BER taken apart, and turned into DER (X.690)
//! - `structure`: DER taken apart element by element, for what has no crate of its own
//! - `signed`: the frame that certificates and certification requests share

mod ber;
pub mod bundle;
mod certificate;
pub mod csr;
mod curve;
mod ec;
pub mod findings;
mod hash;
mod issuance;
mod jwk;
mod keygen;
mod name;
pub mod pem;
pub mod pkcs12;
pub mod pkcs7;
pub mod pkcs8;
mod rsa_key;
mod serial;
mod signed;
mod signer;
mod spki;
mod structure;
pub mod thumbprint;
mod time;

pub use certificate::Certificate;
pub use csr::CertificationRequest;
pub use curve::EcCurve;
pub use findings::{Finding, Weakness};
pub use hash::Hash;
pub use issuance::{Issuance, Profile, issue};
pub use jwk::{Jwk, OkpCurve};
pub use keygen::{KeySpec, PrivateKey};
pub use name::{DistinguishedName, NameAttribute};
pub use serial::SerialNumber;
pub use signer::Signer;
pub use time::Timestamp;
