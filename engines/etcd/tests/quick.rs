//! Conformance on a cluster that runs.
use idpstore_etcd::{EtcdEngine, Options};
use std::sync::atomic::{AtomicU64, Ordering};
fn members() -> Vec<String> {
    (1..4).map(|i| format!("http://127.0.0.1:1237{i}")).collect()
}
static NEXT: AtomicU64 = AtomicU64::new(0);
fn engine() -> idpstore::Result<EtcdEngine> {
    let prefix = format!("t{}-{}/", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    EtcdEngine::connect(&members(), &prefix, Options::default())
}
#[test]
fn conformance() {
    for (name, case) in idpstore::testing::conformance::CASES {
        let engine = engine().unwrap();
        let t = std::time::Instant::now();
        let r = case(&engine);
        eprintln!("{name}: {:?} {:?}", r.as_ref().err().map(|e| e.to_string()), t.elapsed());
        r.unwrap();
    }
}
use idpstore::IdpStore;
use idpstore::engine::Engine;
use idpstore::model::{IdentityProvider, Protocol, Saml};
#[test]
fn some_tenants() {
    let prefix = format!("r{}/", std::process::id());
    let whole = IdpStore::builder()
        .engine(EtcdEngine::connect(&members(), &prefix, Options::default()).unwrap())
        .open()
        .unwrap();
    let mut options = Options::default();
    options.tenants = Some(2);
    let some_engine = EtcdEngine::connect(&members(), &prefix, options).unwrap();
    let some = IdpStore::builder().engine(some_engine.clone()).open().unwrap();
    let ids: Vec<_> = (0..5).map(|n| whole.tenants().create(&format!("t{n}")).unwrap().id).collect();
    for round in 0..3 {
        for id in &ids {
            let n = format!("p{round}");
            let make = |store: &IdpStore, n: &str| {
                store
                    .for_tenant(*id)
                    .service()
                    .create_provider(|d| {
                        Ok(IdentityProvider::new(d.id(), d.now(), n, Protocol::Saml(Saml::default())))
                    })
                    .map(|p| p.id)
            };
            let a = make(if round % 2 == 0 { &whole } else { &some }, &n).unwrap();
            some_engine.catch_up(std::time::Duration::from_secs(5)).unwrap();
            assert_eq!(some.for_tenant(*id).service().provider(a).unwrap().name, n);
        }
    }
    println!("{:?}", some.check().map(|r| r.problems.len()).map_err(|e| e.to_string()));
    println!("{:?}", whole.check().map(|r| r.problems.len()).map_err(|e| e.to_string()));
}
