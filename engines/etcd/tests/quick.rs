//! Conformance on a cluster that runs.
use idpstore_etcd::{EtcdEngine, Options};
use std::sync::atomic::{AtomicU64, Ordering};
fn members() -> Vec<String> { (1..4).map(|i| format!("http://127.0.0.1:1237{i}")).collect() }
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
