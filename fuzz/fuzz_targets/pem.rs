//! Whatever is called a certificate file is read or refused, and what was read is read again from our own
//! spelling of it.

#![no_main]

use idpstore::pki::{Certificate, Timestamp, bundle, findings, pem};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = pem::base64_any(&String::from_utf8_lossy(input));
    let Ok(found) = bundle::certificates(input) else { return };
    assert!(!found.is_empty());
    for certificate in found.iter().filter_map(|der| Certificate::from_der(der).ok()) {
        let _ = findings::of_certificate(&certificate, Timestamp::from_unix_millis(1_800_000_000_000));
    }
    let written: String = found.iter().map(|der| pem::encode("CERTIFICATE", der)).collect();
    assert_eq!(bundle::certificates(written.as_bytes()).expect("our own spelling"), found);
});
