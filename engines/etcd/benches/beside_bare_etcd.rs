//! The engine beside etcd itself, with the same octets, and beside the engine in memory: in one run, as ratios.
//!
//! `ETCD=http://127.0.0.1:2379,… cargo bench`

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints, and may panic"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use etcd_client::{Client, GetOptions, Txn, TxnOp};
use idpstore::engine::Engine as _;
use idpstore::model::{IdentityProvider, Protocol, Saml};
use idpstore::{IdpStore, Result};
use idpstore_etcd::{EtcdEngine, Options};

/// How many write at the same time, each in a tenant of its own.
const WRITERS: usize = 64;

/// For how long.
const TIME: Duration = Duration::from_secs(5);

/// How many reads and how many visible writes are timed.
const READS: u32 = 20_000;
const VISIBLE: usize = 500;

fn main() -> Result<()> {
    let members = std::env::var("ETCD").unwrap_or_else(|_| "http://127.0.0.1:2379".to_owned());
    let members: Vec<_> = members.split(',').map(str::to_owned).collect();
    let prefix = format!("bench{}/", std::process::id());
    let engine = EtcdEngine::connect(&members, &prefix, Options::default())?;
    let store = IdpStore::builder().engine(engine.clone()).open()?;
    let tenants: Vec<_> = (0..WRITERS)
        .map(|number| Ok(store.for_tenant(store.tenants().create(&format!("tenant {number}"))?.id)))
        .collect::<Result<_>>()?;
    create(&tenants[0], 0)?;

    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let octets = runtime.block_on(last_transaction(&members, &prefix));
    let bytes: usize = octets.iter().map(|(key, value)| key.len() + value.len()).sum();
    println!("a provider is {} entries of {bytes} octets", octets.len());
    for round in 1..=3 {
        let bare = runtime.block_on(bare(&members, &octets));
        let ours = in_threads(&tenants, round);
        println!(
            "round {round}: bare etcd {bare:.0}/s, providers created {ours:.0}/s: {:.0} %",
            100.0 * ours / bare
        );
    }
    reads(&tenants[0])?;
    visible(&members, &prefix, &tenants[1])
}

fn create(store: &IdpStore, number: usize) -> Result<IdentityProvider> {
    store.service().create_provider(|draft| {
        let saml = Protocol::Saml(Saml::default());
        Ok(IdentityProvider::new(draft.id(), draft.now(), format!("Partner {number}"), saml))
    })
}

/// What the last transaction has put.
async fn last_transaction(members: &[String], prefix: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut client = Client::connect(members, None).await.expect("a connection");
    let found = client.get(prefix, Some(GetOptions::new().with_prefix())).await.expect("an answer");
    let newest = found.kvs().iter().map(etcd_client::KeyValue::mod_revision).max();
    let of_last = found.kvs().iter().filter(|entry| Some(entry.mod_revision()) == newest);
    of_last.map(|entry| (entry.key().to_vec(), entry.value().to_vec())).collect()
}

/// How many transactions with these octets etcd does in a second.
async fn bare(members: &[String], octets: &[(Vec<u8>, Vec<u8>)]) -> f64 {
    let begun = Instant::now();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (members, octets) = (members.to_vec(), octets.to_vec());
            tokio::spawn(async move {
                let member = &members[writer % members.len()];
                let mut client = Client::connect([member], None).await.expect("a connection");
                let mut done = 0_u32;
                while begun.elapsed() < TIME {
                    let puts: Vec<_> = octets
                        .iter()
                        .enumerate()
                        .map(|(number, (key, value))| {
                            let mut own = format!("bare/{writer:02}/{done:06}/{number}").into_bytes();
                            own.resize(own.len().max(key.len()), b'-');
                            TxnOp::put(own, value.clone(), None)
                        })
                        .collect();
                    client.txn(Txn::new().and_then(puts)).await.expect("an answer");
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0.0;
    for writer in writers {
        done += f64::from(writer.await.expect("no panic"));
    }
    done / begun.elapsed().as_secs_f64()
}

/// How many providers are created in a second.
fn in_threads(tenants: &[IdpStore], round: usize) -> f64 {
    let begun = Instant::now();
    let done: u32 = std::thread::scope(|scope| {
        let writers: Vec<_> = tenants
            .iter()
            .map(|store| {
                scope.spawn(move || {
                    let mut done = 0_u32;
                    while begun.elapsed() < TIME {
                        create(store, round * 1_000_000 + done as usize).expect("created");
                        done += 1;
                    }
                    done
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().expect("no panic")).sum()
    });
    f64::from(done) / begun.elapsed().as_secs_f64()
}

/// What a read costs, beside the engine in memory with as many providers.
fn reads(store: &IdpStore) -> Result<()> {
    let time = |store: &IdpStore| -> Result<Duration> {
        let ids: Vec<_> =
            (0..100).map(|number| Ok(create(store, 5_000_000 + number)?.id)).collect::<Result<_>>()?;
        let service = Arc::new(store.service());
        let begun = Instant::now();
        for read in 0..READS {
            service.provider(ids[read as usize % ids.len()])?;
        }
        Ok(begun.elapsed() / READS)
    };
    let memory = IdpStore::in_memory()?;
    for _ in 0..2000 {
        create(&memory, next())?;
    }
    let (ours, in_memory) = (time(store)?, time(&memory)?);
    println!(
        "a provider read: {ours:?}, in memory {in_memory:?}: {:.2}",
        ours.as_secs_f64() / in_memory.as_secs_f64()
    );
    Ok(())
}

/// A number that was not used before.
fn next() -> usize {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(9_000_000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// How long it takes until another process sees what one has written.
fn visible(members: &[String], prefix: &str, store: &IdpStore) -> Result<()> {
    let other = EtcdEngine::connect(members, prefix, Options::default())?;
    let mut times = Vec::new();
    for number in 0..VISIBLE {
        let written = create(store, 7_000_000 + number)?;
        let begun = Instant::now();
        other.wait_for(written.sequence, Duration::from_secs(10))?;
        times.push(begun.elapsed());
    }
    times.sort();
    println!("seen by another process: p50 {:?}, p99 {:?}", times[VISIBLE / 2], times[VISIBLE * 99 / 100]);
    Ok(())
}
