//! Reading a certificate never panics, and what was read can be used.

#![no_main]

use idpstore::pki::{Certificate, Jwk, thumbprint};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|der: &[u8]| {
    let Ok(certificate) = Certificate::from_der(der) else { return };
    assert_eq!(certificate.der(), der);
    let written = certificate.jwk().to_spki_der().expect("a key that was read can be written");
    assert_eq!(Jwk::from_spki_der(&written).as_ref().ok(), Some(certificate.jwk()));
    assert_eq!(thumbprint::jwk_thumbprint(certificate.jwk()).len(), 43);
    let _ = (certificate.subject().to_string(), certificate.issuer().to_string());
    let _ = (certificate.not_before().to_string(), certificate.not_after().to_string());
});
