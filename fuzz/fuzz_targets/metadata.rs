//! Whatever is called SAML metadata is read or refused, and what was read is read again from our own spelling of it.

#![no_main]

use idpstore::saml::{EncodingStandard, Metadata};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|xml: &[u8]| {
    let Ok(read) = Metadata::read(xml, &EncodingStandard) else { return };
    let endpoints = || read.single_sign_on.iter().chain(&read.single_logout);
    assert!(endpoints().all(|endpoint| !endpoint.location.contains('\0')));
    if !read.is_identity_provider {
        assert!(endpoints().next().is_none() && read.certificates.is_empty() && read.name_id_formats.is_empty());
    }
    let written = read.write().expect("what was read can be written");
    let again = Metadata::read(&written, &EncodingStandard).expect("our own spelling");
    assert_eq!(again, Metadata { warnings: Vec::new(), unread: Vec::new(), is_signed: false, ..read });
});
