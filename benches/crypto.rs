//! Keys, digests and certification requests: `cargo bench --bench crypto`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark may panic and print, and criterion's macros make functions"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use idpstore::env::{Generator, SeededEntropy};
use idpstore::pki::{DistinguishedName, Hash, KeySpec, NameAttribute, PrivateKey, csr, thumbprint};

fn crypto(c: &mut Criterion) {
    let entropy = SeededEntropy::new([7; 32]);
    let spec = KeySpec::Rsa { bits: 2048 };
    let key = PrivateKey::generate(spec, &mut Generator(&entropy)).unwrap();
    let jwk = key.public_jwk();
    c.bench_function("JWK thumbprint", |b| b.iter(|| thumbprint::jwk_thumbprint(&jwk)));

    let subject = DistinguishedName::new().with(NameAttribute::CommonName, "sp.example.com");
    let names = ["sp.example.com".to_owned()];
    c.bench_function("certification request", |b| {
        b.iter(|| csr::build(&subject, &names, &key, Hash::Sha256, &mut Generator(&entropy)).unwrap());
    });

    let mut group = c.benchmark_group("slow");
    group.sample_size(60);
    group.bench_function("RSA-2048 key", |b| {
        b.iter(|| PrivateKey::generate(spec, &mut Generator(&entropy)).unwrap());
    });
}

criterion_group!(benches, crypto);
criterion_main!(benches);
