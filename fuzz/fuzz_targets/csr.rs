//! Reading a certification request, checking its signature and looking at its key never panics.

#![no_main]

use idpstore::pki::{CertificationRequest, findings};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|der: &[u8]| {
    let Ok(request) = CertificationRequest::from_der(der) else { return };
    assert_eq!(request.der(), der);
    let _ = findings::of_key(request.jwk());
    let _ = (request.verify(), request.subject().to_string(), request.dns_names().len());
});
