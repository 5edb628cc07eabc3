//! The engine with TLS and as a user.

use std::fs;
use std::time::Duration;

use idpstore::ErrorKind;
use idpstore::engine::Engine as _;
use idpstore_etcd::{ClientIdentity, EtcdEngine, Event, Tls, User};

use crate::cluster::{Cluster, Options, ROOT};
use crate::stores::{create, engine, names_soon, open, quick, reports};

fn as_user(name: &str, password: &str) -> idpstore_etcd::Options {
    let mut options = quick();
    options.user = Some(User { name: name.to_owned(), password: password.to_owned() });
    options
}

fn refused(cluster: &Cluster, options: idpstore_etcd::Options) -> String {
    let error = EtcdEngine::connect(&cluster.endpoints(), "idps", options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unavailable { .. }), "{error:?}");
    error.in_full()
}

#[test]
fn tls_needs_the_right_certificates() {
    let cluster = Cluster::with(&Options { tls: true, ..Options::default() });
    let files = cluster.tls().unwrap();
    let read = |path| fs::read(path).unwrap();
    let (certificate, private_key) = (read(files.client().0), read(files.client().1));
    let with = |authorities, identity| {
        let mut options = quick();
        let mut tls = Tls::default();
        (tls.authorities, tls.identity) = (authorities, identity);
        options.tls = Some(tls);
        options
    };
    let identity =
        || Some(ClientIdentity { certificate: certificate.clone(), private_key: private_key.clone() });
    let store = open(engine(&cluster.endpoints(), with(read(files.ca()), identity())));
    create(&store, "through TLS").unwrap();
    assert_eq!(names_soon(&store), ["through TLS"]);
    refused(&cluster, with(read(files.ca()), None));
    refused(&cluster, with(certificate.clone(), identity()));
    refused(&cluster, quick());
}

#[test]
fn a_user_needs_the_right_password_and_to_be_allowed() {
    let cluster = Cluster::with(&Options { users: true, ..Options::default() });
    cluster.add_user("idpstore", "secret", "idps");
    cluster.add_user("other", "secret", "elsewhere/");
    let store = open(engine(&cluster.endpoints(), as_user("idpstore", "secret")));
    create(&store, "as a user").unwrap();
    assert_eq!(names_soon(&store), ["as a user"]);
    for (name, password) in [("idpstore", "wrong"), ("nobody", "secret"), ("other", "secret")] {
        let words = refused(&cluster, as_user(name, password));
        assert!(!words.contains(password), "{words}");
    }
    refused(&cluster, quick());
}

#[test]
fn a_token_that_has_expired_is_replaced() {
    let flags = &["--auth-token-ttl=1"];
    let cluster = Cluster::with(&Options { users: true, flags, ..Options::default() });
    let mut options = as_user(ROOT.0, ROOT.1);
    let events = reports(&mut options);
    let engine = engine(&cluster.endpoints(), options);
    let store = open(engine.clone());
    // Each of them may meet a token that has just expired.
    for number in 0..40 {
        create(&store, &format!("number {number}")).unwrap();
        engine.catch_up(Duration::from_secs(5)).unwrap();
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(names_soon(&store).len(), 40);
    let lost: Vec<_> = events.try_iter().filter(|event| matches!(event, Event::Lost(_))).collect();
    assert_eq!(lost, [], "no connection is lost for it");
}
