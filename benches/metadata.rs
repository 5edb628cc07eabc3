//! Metadata of a federation of 5 MB: `cargo bench --features testing --bench metadata`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a benchmark may panic, and criterion's macros make functions"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::ops::ControlFlow;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use idpstore::saml::{EncodingStandard, Metadata, each_entity};
use idpstore::{IdpStore, MetadataImport};

/// A certificate in base64 that a partner might have.
const CERTIFICATE: &str = include_str!("certificate.txt");

/// How large the document is, in bytes.
const LENGTH: usize = 5 << 20;

fn aggregate() -> String {
    let certificate = CERTIFICATE.trim();
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
    xml + "</EntitiesDescriptor>"
}

fn entities(xml: &str) -> Vec<Metadata> {
    let mut entities = Vec::new();
    each_entity(xml.as_bytes(), &EncodingStandard, &mut |entity| {
        entities.push(entity);
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    entities
}

fn aggregates(c: &mut Criterion) {
    let xml = aggregate();
    let mut group = c.benchmark_group("an aggregate of 5 MB");
    group.sample_size(10);
    group.bench_function("all read", |b| b.iter(|| entities(black_box(&xml)).len()));
    group.bench_function("one read", |b| {
        b.iter(|| Metadata::of_entity(black_box(xml.as_bytes()), &EncodingStandard, "urn:1000").unwrap());
    });
    let entities = entities(&xml);
    group.bench_function(format!("{} providers created", entities.len()), |b| {
        let create = |store: IdpStore| {
            store
                .service()
                .create_from_aggregate(&entities, &MetadataImport::default())
                .unwrap()
                .created
                .len()
        };
        b.iter_batched(|| IdpStore::in_memory().unwrap(), create, BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, aggregates);
criterion_main!(benches);
