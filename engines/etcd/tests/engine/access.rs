//! TLS and users.

use std::time::Duration;

use etcd_client::{Certificate, Client, ConnectOptions, Error, Identity, TlsOptions};

use crate::cluster::{Cluster, Options, ROOT};

/// What a client of these options reads of a key.
async fn get(cluster: &Cluster, options: Option<ConnectOptions>) -> Result<usize, Error> {
    let mut client = Client::connect(cluster.endpoints(), options).await?;
    Ok(client.get("k", None).await?.kvs().len())
}

#[tokio::test]
async fn clients_need_a_certificate() {
    let cluster = Cluster::with(&Options { tls: true, ..Options::default() });
    cluster.etcdctl(&["put", "k", "v"]).unwrap();
    let tls = cluster.tls().unwrap();
    let [ca, certificate, key] =
        [tls.ca(), tls.client().0, tls.client().1].map(|path| std::fs::read(path).unwrap());
    let trusting = TlsOptions::new().ca_certificate(Certificate::from_pem(ca));
    let with_certificate = trusting.clone().identity(Identity::from_pem(certificate, key));
    let connect = |tls| Some(ConnectOptions::new().with_tls(tls));
    assert_eq!(get(&cluster, connect(with_certificate)).await.unwrap(), 1);
    get(&cluster, connect(trusting)).await.unwrap_err();
    get(&cluster, connect(TlsOptions::new())).await.unwrap_err();
}

#[tokio::test]
async fn clients_need_a_user_that_may() {
    let cluster = Cluster::with(&Options { members: 1, users: true, ..Options::default() });
    cluster.etcdctl(&["put", "k", "v"]).unwrap();
    cluster.add_user("reader", "secret", "k");
    cluster.add_user("other", "secret", "o");
    let user = |(name, password)| Some(ConnectOptions::new().with_user(name, password));
    assert_eq!(get(&cluster, user(ROOT)).await.unwrap(), 1);
    assert_eq!(get(&cluster, user(("reader", "secret"))).await.unwrap(), 1);
    for refused in [None, user(("other", "secret")), user(("reader", "wrong"))] {
        get(&cluster, refused).await.unwrap_err();
    }
}

#[tokio::test]
async fn tokens_of_users_expire() {
    let flags = &["--auth-token-ttl=1"];
    let cluster = Cluster::with(&Options { members: 1, users: true, flags, ..Options::default() });
    let options = ConnectOptions::new().with_user(ROOT.0, ROOT.1);
    let mut client = Client::connect(cluster.endpoints(), Some(options)).await.unwrap();
    client.get("k", None).await.unwrap();
    // A token that is used lives longer, so it is used seldom.
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_secs(3)).await;
        if let Err(error) = client.get("k", None).await {
            assert!(error.to_string().contains("invalid auth token"), "{error}");
            return;
        }
    }
    panic!("the token has not expired");
}
