//! What a store costs in etcd and in the memory of a process. `docs/distributed.md` and the example `model` rest on these figures.
//!
//! `cargo run --release --example measure -- fill http://127.0.0.1:2379 PREFIX 10000` makes so many providers, 100 in each tenant,
//! and prints what they are in etcd. `… -- hold http://127.0.0.1:2379 PREFIX` is another process, which holds all of them; with a number
//! of tenants at the end, that many.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measurement prints, and may panic"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use etcd_client::{Client, CompactionOptions, GetOptions, KeyValue};
use idpstore::model::{Client as OidcClient, IdentityProvider, OpenIdConnect, Saml};
use idpstore::oidc::ProviderMetadata;
use idpstore::saml::{EncodingStandard, Metadata};
use idpstore::{IdpStore, MetadataImport, Paging, ProviderQuery, Result};
use idpstore_etcd::{EtcdEngine, Options};
use tokio::runtime::Runtime;

/// How many providers a tenant has.
const OF_TENANT: usize = 100;

/// How many write at the same time.
const WRITERS: usize = 64;

/// How many entries are read at a time.
const PAGE: i64 = 1000;

/// A certificate in base64.
const CERTIFICATE: &str = include_str!("../../../benches/certificate.txt");

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let texts: Vec<_> = arguments.iter().map(String::as_str).collect();
    match texts[..] {
        ["fill", members, prefix, many] => fill(&urls(members), prefix, number(many)),
        ["hold", members, prefix] => hold(&urls(members), prefix, None),
        ["hold", members, prefix, tenants] => hold(&urls(members), prefix, Some(number(tenants))),
        _ => panic!("fill URL,… PREFIX PROVIDERS, or hold URL,… PREFIX [TENANTS]"),
    }
}

fn urls(members: &str) -> Vec<String> {
    members.split(',').map(str::to_owned).collect()
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

fn fill(members: &[String], prefix: &str, many: usize) -> Result<()> {
    let store = open(members, prefix, Options::default())?;
    let (begun, next) = (Instant::now(), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                loop {
                    let tenant = next.fetch_add(1, Ordering::Relaxed);
                    if tenant >= many / OF_TENANT {
                        break;
                    }
                    fill_tenant(&store, tenant).expect("providers");
                }
            });
        }
    });
    let seconds = begun.elapsed().as_secs_f64();
    println!("{many} providers made in {seconds:.0} s");
    let last = create(&store, many)?;
    println!("the last one is number {}", last.sequence);
    Runtime::new().expect("threads").block_on(in_etcd(members, prefix, many));
    Ok(())
}

fn open(members: &[String], prefix: &str, options: Options) -> Result<IdpStore> {
    IdpStore::builder().engine(EtcdEngine::connect(members, prefix, options)?).open()
}

fn fill_tenant(store: &IdpStore, number: usize) -> Result<()> {
    let tenant = store.for_tenant(store.tenants().create(&format!("Customer {number}"))?.id);
    (0..OF_TENANT).try_for_each(|place| create(&tenant, number * OF_TENANT + place).map(drop))
}

/// Half of the providers speak SAML, each with a certificate of its own; the others speak OIDC.
fn create(store: &IdpStore, number: usize) -> Result<IdentityProvider> {
    let (service, name, import) = (store.service(), format!("Partner {number}"), MetadataImport::default());
    let made = if number.is_multiple_of(2) {
        let saml = Saml { entity_id: Some(host(number)), ..Saml::default() };
        let metadata = Metadata::of_only_provider(metadata(number).as_bytes(), &EncodingStandard)?;
        service.create_from_metadata(&IdentityProvider::named(name, saml), &metadata, &import)?
    } else {
        let client = OidcClient::new("our-client", "a client secret of 32 characters");
        let oidc = OpenIdConnect { client, issuer: Some(host(number)), ..OpenIdConnect::default() };
        let metadata = ProviderMetadata::read(discovery(number).as_bytes())?;
        service.create_from_discovery(&IdentityProvider::named(name, oidc), &metadata, &import)?
    };
    Ok(made.provider)
}

fn host(number: usize) -> String {
    format!("https://idp{number}.example.com")
}

fn metadata(number: usize) -> String {
    // Other octets of the signature make another certificate.
    let (start, end) = CERTIFICATE.trim().split_at(1040);
    let certificate = format!("{start}{number:08X}{}", &end[8..]);
    let host = host(number);
    let service = "SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"";
    format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{host}\"><IDPSSODescriptor \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><KeyDescriptor use=\"signing\"><KeyInfo \
         xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data>\
         </KeyInfo></KeyDescriptor><{service} Location=\"{host}/sso\"/></IDPSSODescriptor></EntityDescriptor>"
    )
}

fn discovery(number: usize) -> String {
    let host = host(number);
    format!(
        "{{\"issuer\": \"{host}\", \"authorization_endpoint\": \"{host}/authorize\", \"token_endpoint\": \"{host}/token\", \
         \"userinfo_endpoint\": \"{host}/userinfo\", \"jwks_uri\": \"{host}/jwks\"}}"
    )
}

/// Prints what there is in etcd.
async fn in_etcd(members: &[String], prefix: &str, many: usize) {
    let mut client = Client::connect(members, None).await.expect("a connection");
    let entries = entries(&mut client, prefix).await;
    let octets = |entries: &[&KeyValue]| -> usize {
        entries.iter().map(|entry| entry.key().len() + entry.value().len()).sum()
    };
    let is_of_log = |entry: &&KeyValue| entry.key().get(prefix.len() + 1) == Some(&b'l');
    let (log, values): (Vec<_>, Vec<_>) = entries.iter().partition(is_of_log);
    let of_provider = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / count_of(many);
    println!(
        "values: {:.2} keys and {:.0} octets a provider",
        of_provider(values.len()),
        of_provider(octets(&values))
    );
    println!("log: {} entries, {} octets each", log.len(), octets(&log) / log.len().max(1));
    let newest = entries.iter().map(KeyValue::mod_revision).max().unwrap_or_default();
    let last: Vec<_> = entries.iter().filter(|entry| entry.mod_revision() == newest).collect();
    println!("the last unit: {} keys, {} octets", last.len(), octets(&last));
    println!("database: {} MiB", size(&mut client).await);
    let physical = Some(CompactionOptions::new().with_physical());
    client.compact(newest, physical).await.expect("compacted");
    client.defragment().await.expect("defragmented");
    println!("compacted and defragmented: {} MiB", size(&mut client).await);
}

fn count_of(many: usize) -> f64 {
    f64::from(u32::try_from(many).expect("fewer"))
}

async fn size(client: &mut Client) -> i64 {
    client.status().await.expect("a status").db_size() >> 20
}

async fn entries(client: &mut Client, prefix: &str) -> Vec<KeyValue> {
    let (mut from, to) = (format!("{prefix}\0").into_bytes(), format!("{prefix}\u{1}").into_bytes());
    let mut found = Vec::new();
    loop {
        let options = GetOptions::new().with_range(to.clone()).with_limit(PAGE);
        let mut page = client.get(from, Some(options)).await.expect("an answer");
        found.extend(page.take_kvs());
        if !page.more() {
            return found;
        }
        from = found.last().map(|last| [last.key(), &[0]].concat()).expect("a key");
    }
}

fn hold(members: &[String], prefix: &str, tenants: Option<usize>) -> Result<()> {
    let before = resident();
    let mut options = Options::default();
    options.tenants = tenants;
    let begun = Instant::now();
    let store = open(members, prefix, options)?;
    println!("ready after {:.2} s with {} MiB more", begun.elapsed().as_secs_f64(), resident() - before);
    if let Some(tenants) = tenants {
        let (begun, mut held, mut paging) = (Instant::now(), 0, Paging::default());
        while held < tenants {
            let page = store.tenants().list(&paging)?;
            for tenant in page.items.iter().take(tenants - held) {
                store.for_tenant(tenant.id).providers().list(&ProviderQuery::default())?;
                held += 1;
            }
            paging.after = page.next;
            if paging.after.is_none() {
                break;
            }
        }
        let ms = begun.elapsed().as_secs_f64() * 1000.0 / count_of(held);
        println!("{held} tenants held: {} MiB more, {ms:.1} ms a tenant", resident() - before);
    }
    Ok(())
}

/// How many MiB this process has.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
    number(line.trim().trim_end_matches(" kB")) >> 10
}
