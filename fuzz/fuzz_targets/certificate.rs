//! Reading a certificate and looking for what is wrong with it never panics, and what was read can be used.

#![no_main]

use idpstore::pki::{Certificate, Jwk, Timestamp, findings, thumbprint};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|der: &[u8]| {
    let Ok(certificate) = Certificate::from_der(der) else { return };
    let again = Certificate::from_der(certificate.der());
    assert_eq!(again.as_ref().ok(), Some(&certificate), "what was kept is read as it was");
    let written = certificate.jwk().to_spki_der().expect("a key that was read can be written");
    assert_eq!(Jwk::from_spki_der(&written).as_ref().ok(), Some(certificate.jwk()));
    assert_eq!(thumbprint::jwk_thumbprint(certificate.jwk()).len(), 43);
    let _ = (certificate.subject().to_string(), certificate.issuer().to_string());
    let _ = findings::of_certificate(&certificate, Timestamp::from_unix_millis(1_800_000_000_000));
    let _ = (certificate.not_before().to_string(), certificate.not_after().to_string());
});
