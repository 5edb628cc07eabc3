//! Reading a PKCS #12 file under any of a few passwords never panics, and what was read can be used. The seeds are under
//! the first password.

#![no_main]

use idpstore::pki::{Jwk, pkcs12};
use libfuzzer_sys::fuzz_target;

const PASSWORDS: [&str; 3] = ["pw", "", "s\u{e9}cret"];

fuzz_target!(|der: &[u8]| {
    for password in PASSWORDS {
        let Ok(contents) = pkcs12::read(der, password) else { continue };
        let spki = contents.private.spki_der().expect("a key that was read can be written");
        assert_eq!(Jwk::from_spki_der(&spki).expect("it is a good key"), contents.private.public_jwk());
        let _ = contents.private.to_pkcs8_der().expect("a key that was read can be written");
        assert!(contents.certificates.len() <= 256);
    }
});
