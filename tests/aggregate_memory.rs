//! Of a document of thousands of entities one is in memory at a time. The only test of its program: what others take would
//! count.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;

use idpstore::saml::{EncodingStandard, Metadata, each_entity};

/// How large the document is, in bytes.
const LENGTH: usize = 5 << 20;

/// What reading it may take besides, in KiB.
const BESIDES: usize = 1024;

/// A figure of this process in KiB.
fn status(name: &str) -> usize {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// By how many KiB the process grew.
fn grown<T>(work: impl FnOnce() -> T) -> (T, usize) {
    // The peak begins anew (proc(5)).
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS");
    let done = work();
    (done, status("VmHWM").saturating_sub(before))
}

/// An aggregate of entities with a certificate each, and how many there are.
fn aggregate() -> (String, usize) {
    let jwk: serde_json::Value = serde_json::from_str(include_str!("vectors/rfc7517-b.json")).unwrap();
    let certificate = jwk.pointer("/x5c/0").unwrap().as_str().unwrap();
    let mut xml = "<EntitiesDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">".to_owned();
    let mut entities = 0;
    while xml.len() < LENGTH {
        entities += 1;
        write!(
            xml,
            "<EntityDescriptor entityID=\"urn:{entities}\"><IDPSSODescriptor><KeyDescriptor><KeyInfo><X509Data>\
             <X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>\
             <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
             Location=\"https://idp.example/{entities}\"/></IDPSSODescriptor></EntityDescriptor>"
        )
        .unwrap();
    }
    (xml + "</EntitiesDescriptor>", entities)
}

#[test]
fn one_entity_is_in_memory_at_a_time() {
    let (xml, entities) = aggregate();
    let (seen, grown_by_all) = grown(|| {
        let mut seen = 0;
        each_entity(xml.as_bytes(), &EncodingStandard, &mut |entity| {
            seen += entity.certificates.len();
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
        seen
    });
    assert_eq!(seen, entities);
    let id = format!("urn:{}", entities / 2);
    let (one, grown_by_one) = grown(|| Metadata::of_entity(xml.as_bytes(), &EncodingStandard, &id).unwrap());
    assert_eq!(one.entity_id, Some(id));
    for grown in [grown_by_all, grown_by_one] {
        assert!(grown <= BESIDES, "{grown} KiB for {entities} entities");
    }
}
