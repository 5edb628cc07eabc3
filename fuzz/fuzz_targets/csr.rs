//! Reading a certification request and checking its signature never panics.

#![no_main]

use idpstore::pki::CertificationRequest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|der: &[u8]| {
    let Ok(request) = CertificationRequest::from_der(der) else { return };
    assert_eq!(request.der(), der);
    let _ = (request.verify(), request.subject().to_string(), request.dns_names().len());
});
