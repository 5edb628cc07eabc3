//! The examples do what they show.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

#[allow(dead_code, reason = "its `main` binds a fixed port")]
#[path = "../examples/axum.rs"]
mod axum_example;
#[allow(dead_code, reason = "its `main` takes the path from the command line")]
#[path = "../examples/desktop.rs"]
mod desktop;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use idpstore::model::State;
use idpstore::{IdpStore, ProviderQuery};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

#[test]
fn a_server_of_axum_answers_for_the_store_beside_its_own_routes() {
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(axum_example::serve(listener, IdpStore::in_memory().unwrap()));
    let ask = |method: &str, path: &str, headers: &str, body: &str| {
        let length = body.len();
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}"
        );
        write!(stream, "{head}\r\nContent-Type: application/json\r\n{headers}\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let google = r#"{"type":"GOOGLE","name":"Sign in","protocol":{"type":"OIDC","credentials":{"client":{"client_id":"id","client_secret":"secret"}}},
        "policy":{"provisioning":{"action":"AUTO"},"accountLink":{"action":"AUTO"},"subject":{"matchType":"USERNAME"}}}"#;
    let made = ask("POST", "/api/v1/idps", "", google);
    assert!(made.starts_with("HTTP/1.1 200"), "{made}");
    let list = ask("GET", "/api/v1/idps", "", "");
    assert!(list.starts_with("HTTP/1.1 200") && list.contains(r#""name":"Sign in""#), "{list}");
    let too_large = ask("POST", "/api/v1/idps", "", &" ".repeat((1 << 20) + 1));
    assert!(too_large.starts_with("HTTP/1.1 413"), "{too_large}");
    assert!(ask("GET", "/health", "", "").ends_with("\r\n\r\nwell"));
    let page = ask("GET", "/api/v1/idps", "Origin: https://page.example\r\n", "");
    assert!(page.starts_with("HTTP/1.1 403"), "{page}");
}

#[test]
fn a_desktop_program_keeps_its_settings_in_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("idps.redb");
    desktop::run(&path).unwrap();
    let store = IdpStore::open(&path).unwrap();
    let page = store.providers().list(&ProviderQuery::default()).unwrap();
    let names: Vec<_> = page.items.iter().map(|provider| (provider.name.as_str(), provider.state)).collect();
    assert_eq!(names, [("Partner", State::Active), ("Issuer", State::Inactive)]);
    let partner = &page.items[0];
    assert_eq!((partner.trusted_keys.len(), partner.signing_key.is_some()), (1, true));
    let changes = store.service().changes(0, 100).unwrap();
    assert!(changes.iter().all(|change| change.actor == "alice"), "{changes:?}");
}
