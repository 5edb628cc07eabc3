//! A program that keeps federation settings itself, offline: typed calls on one file, and no vendor's API.
//!
//! ```sh
//! cargo run --example desktop -- idps.redb
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::path::Path;

use idpstore::model::{Application, Client, IdentityProvider, OpenIdConnect, Saml};
use idpstore::{IdpStore, NewSigningKey, Owner, ProviderQuery};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "idps.redb".to_owned());
    run(Path::new(&path))
}

/// Fills the file, and shows what is in it once it was opened again.
pub(crate) fn run(path: &Path) -> Result<(), Box<dyn Error>> {
    fill(&IdpStore::open(path)?.as_actor("alice"))?;
    show(&IdpStore::open(path)?)
}

fn fill(store: &IdpStore) -> idpstore::Result<()> {
    // The partner's certificate: a file in practice, here a key of our own stands for the partner's.
    let partners = store.signing_keys(Owner::Tenant).generate(&NewSigningKey::default())?;
    let trusted = store.trusted_keys().import(partners.chain.concat())?;

    // A SAML provider that trusts it, and signs what it sends with a key of its own.
    let saml = Saml::new("https://idp.example.com").sign_on("https://idp.example.com/sso");
    let partner = store.providers().create(IdentityProvider::named("Partner", saml).trusting(&trusted))?;
    let key = store.signing_keys(Owner::Provider(partner.id)).generate(&NewSigningKey::default())?;
    store.providers().update(partner.id, |provider| provider.signing_key = Some(key.kid.clone()))?;

    // An OpenID Connect provider that is not used yet, and an application that people sign in to.
    let client = Client::new("client", "secret").scopes(["openid", "profile"]);
    let issuer = OpenIdConnect::new("https://op.example.com", client)
        .authorization_endpoint("https://op.example.com/authorize")
        .token_endpoint("https://op.example.com/token");
    store.providers().create(IdentityProvider::named("Issuer", issuer).inactive())?;
    store.applications().create(Application::named("Wiki").entity_id("https://wiki.example.com"))?;
    Ok(())
}

fn show(store: &IdpStore) -> Result<(), Box<dyn Error>> {
    let mut query = ProviderQuery::default();
    loop {
        let page = store.providers().list(&query)?;
        for provider in page.items {
            println!("{} {} {:?}", provider.protocol.kind(), provider.name, provider.state);
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    for change in store.service().changes(0, 100)? {
        println!("{} {} {:?}", change.sequence, change.actor, change.kind);
    }
    let report = store.check()?;
    if !report.is_sound() {
        return Err(format!("the store is damaged: {:?}", report.problems).into());
    }
    println!("{} records", report.records);
    Ok(())
}
