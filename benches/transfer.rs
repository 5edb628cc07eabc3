//! Documents of 10 000 providers: `cargo bench --features testing --bench transfer`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark may panic, and criterion's macros make functions"
)]

mod partners;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use idpstore::{IdpStore, Secrets};

use partners::{create, memory, saml, trust};

const MANY: usize = 10_000;

/// A store of providers that share so many trusted keys.
fn filled(keys: usize) -> IdpStore {
    let store = memory();
    let kids: Vec<_> = (0..keys).map(|number| trust(&store, number, 1000)).collect();
    (0..MANY).for_each(|number| drop(create(&store, "/api/v1/idps", &saml(number, &kids[number % keys]))));
    store
}

fn transferring(c: &mut Criterion) {
    for keys in [1, MANY] {
        let store = filled(keys);
        let export = || {
            let mut document = Vec::new();
            store.export(Secrets::InTheClear, &mut document, |_| {}).unwrap();
            String::from_utf8(document).unwrap()
        };
        let document = export();
        let mut group = c.benchmark_group(format!("{MANY} providers, trusted keys: {keys}"));
        group.sample_size(10);
        group.bench_function("export", |b| b.iter(export));
        group.bench_function("plan", |b| {
            b.iter_batched(
                memory,
                |empty| empty.plan_import(&document, false, |_| {}).unwrap(),
                BatchSize::PerIteration,
            );
        });
        group.bench_function("plan and import", |b| {
            b.iter_batched(
                memory,
                |empty| {
                    let plan = empty.plan_import(&document, false, |_| {}).unwrap();
                    empty.import(&plan, |_| {}).unwrap();
                },
                BatchSize::PerIteration,
            );
        });
        group.bench_function("import at once", |b| {
            b.iter_batched(
                memory,
                |empty| empty.import_document(&document, false, |_| {}).unwrap(),
                BatchSize::PerIteration,
            );
        });
        group.bench_function("plan what is there already", |b| {
            b.iter(|| store.plan_import(&document, true, |_| {}).unwrap());
        });
    }
}

criterion_group!(benches, transferring);
criterion_main!(benches);
