//! No vendor's part: a signing key is rotated with an overlap.

use idpstore::model::{IdentityProvider, Saml};
use idpstore::pki::{EcCurve, KeySpec};
use idpstore::{Error, IdpStore, NewSigningKey, Owner};

use super::client::{Client, fact, tell};
use super::issuer::Issuer;
use crate::failure::Failure;

/// For how long the certificate of the key before stays published, in seconds: 14 days.
const OVERLAP: u32 = 14 * 24 * 60 * 60;

/// The next certificate is published before its key signs, and the previous one stays published for a while.
pub(super) fn with_overlap(client: &mut Client, _: &Issuer) -> Result<(), Failure> {
    client.chapter("Rotation with an overlap: partners never miss a certificate")?;
    let (store, failed) = (client.store(), |error: Error| Failure::new("cannot rotate a key", &error));
    let saml = Saml::new("https://idp.example.net").sign_on("https://idp.example.net/sso");
    let partner = store.providers().create(IdentityProvider::named("Rotating", saml)).map_err(failed)?;
    let owner = Owner::Provider(partner.id);
    let new = NewSigningKey { spec: KeySpec::Ec { curve: EcCurve::P256 }, ..NewSigningKey::default() };
    let first = store.rotation().prepare(&[owner], &new).map_err(failed)?;
    store.rotation().promote(&first.kid, &[owner], 0).map_err(failed)?;

    client
        .step("The next key is prepared: our metadata has its certificate, and nothing is signed with it")?;
    let next = store.rotation().prepare(&[owner], &new).map_err(failed)?;
    status(&store, owner)?;
    client.step("A plan names what changes, and what Okta's API cannot show")?;
    let promote = |store: &IdpStore| store.rotation().promote(&next.kid, &[owner], OVERLAP);
    let plan = store.plan(promote).map_err(failed)?;
    plan.warnings.iter().try_for_each(|warning| fact("warning", warning))?;
    client.step("It is promoted for all its owners at once: the certificate before stays for 14 days")?;
    store.apply(&plan, promote).map_err(failed)?;
    status(&store, owner)?;
    client.step("A partner has not read our metadata yet: the key before signs again")?;
    store.rotation().roll_back(&[owner]).map_err(failed)?;
    status(&store, owner)
}

/// Prints the roles of the keys, and how many certificates are published.
fn status(store: &IdpStore, owner: Owner) -> Result<(), Failure> {
    let failed = |error: Error| Failure::new("cannot show the keys", &error);
    let rotation = store.rotation().status(owner).map_err(failed)?;
    rotation.keys.iter().try_for_each(|owned| fact(owned.role.name(), &owned.key.kid))?;
    let metadata = store.saml_metadata(owner).map_err(failed)?;
    tell(&format!("      our metadata has {} certificates", metadata.matches("<KeyDescriptor ").count()))
}
