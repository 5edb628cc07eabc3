//! Our own SAML metadata, in no vendor's form: with the certificates of a rotation.

use super::IdpStore;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Application, IdentityProvider, Protocol};
use crate::saml::{Consumer, Endpoint, Entity, KeyDescriptor, Role, Side, Spelling};
use crate::service::{Owner, Rotation};

impl IdpStore {
    /// The SAML metadata of our side: of a provider that of a service provider, of an application that of an identity provider
    /// (SAML metadata, sections 2.4.4 and 2.4.3). It has the certificates of the active key, the next one and the previous ones,
    /// the active one first. URLs begin with [`Builder::base_url`](super::Builder::base_url), or with `http://localhost`.
    ///
    /// ```
    /// use idpstore::{IdpStore, NewSigningKey, Owner};
    /// use idpstore::model::{IdentityProvider, Saml};
    /// use idpstore::pki::{EcCurve, KeySpec};
    ///
    /// let store = IdpStore::builder().base_url("https://sp.example.com").open()?;
    /// let partner = store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:partner")))?;
    /// let owner = Owner::Provider(partner.id);
    /// let new = NewSigningKey { spec: KeySpec::Ec { curve: EcCurve::P256 }, ..NewSigningKey::default() };
    /// let key = store.rotation().prepare(&[owner], &new)?;
    /// assert!(store.saml_metadata(owner)?.contains(&key.chain[0]));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the owner is missing, [`ErrorKind::Unsupported`] if it does not speak SAML, and those of the
    /// storage.
    pub fn saml_metadata(&self, owner: Owner) -> Result<String> {
        let rotation = self.service.rotation_of(owner)?;
        let base = self.base_url();
        match owner {
            Owner::Provider(id) => service_provider(&self.service.provider(id)?, &rotation, base),
            Owner::Application(id) => identity_provider(&self.service.application(id)?, &rotation, base),
            Owner::Tenant => Err(no_saml("a tenant")),
            Owner::Record(_) => Err(no_saml("a vendor record")),
        }
    }
}

fn no_saml(what: &str) -> Error {
    Error::new(ErrorKind::Unsupported).context(format!("{what} does not speak SAML"))
}

fn service_provider(provider: &IdentityProvider, rotation: &Rotation, base: &str) -> Result<String> {
    let Protocol::Saml(saml) = &provider.protocol else { return Err(no_saml("the provider")) };
    let own = format!("{base}/saml/{}", provider.id);
    let acs = Endpoint::at(&format!("{own}/acs"), "HTTP-POST");
    let side = Side::ServiceProvider {
        signs_requests: saml.requests_signed.unwrap_or(true),
        consumers: vec![Consumer { endpoint: acs, index: 0, is_default: true }],
        attributes: None,
    };
    let formats = saml.name_id_format.iter().map(String::as_str).collect();
    written(saml.service_provider_entity_id.as_deref().unwrap_or(&own), rotation, formats, side)
}

fn identity_provider(application: &Application, rotation: &Rotation, base: &str) -> Result<String> {
    if application.entity_id.is_none() {
        return Err(no_saml("the application"));
    }
    let own = format!("{base}/saml/{}", application.id);
    let sso = ["HTTP-POST", "HTTP-Redirect"].map(|binding| Endpoint::at(&format!("{own}/sso"), binding));
    let side = Side::IdentityProvider { wants_signed_requests: None, single_sign_on: sso.to_vec() };
    written(&own, rotation, Vec::new(), side)
}

fn written(id: &str, rotation: &Rotation, name_id_formats: Vec<&str>, side: Side<'_>) -> Result<String> {
    let certificates = rotation.published().filter_map(|key| key.chain.first());
    let keys = certificates.map(|certificate| KeyDescriptor {
        usage: "signing",
        certificate,
        encryption_methods: &[],
    });
    let role = Role { keys: keys.collect(), single_logout: Vec::new(), name_id_formats, side };
    Entity { id: Some(id), role: Some(role), ..Entity::default() }.write(Spelling::Indented)
}
