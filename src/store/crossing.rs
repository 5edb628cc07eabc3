//! What crosses to another vendor.

use std::io::Write;

use serde_json::{Map, Value};

use super::IdpStore;
use super::crossing_script::CrossingScript;
use crate::dialects::{self, Crossing, CrossingRequests, Dialect};
use crate::error::{Error, ErrorKind, Result, excerpt};
use crate::model::{Id, IdentityProvider};

impl IdpStore {
    /// What the API of a dialect shows of a provider, and, member by member, what does not cross to it and why. The documents of
    /// the dialects are looked at that have received something of the provider, or else of all.
    ///
    /// A member crosses if a provider that a client makes anew of what is shown would have it, too. Ids of other records
    /// and what the vendor's server alone writes are not looked at.
    ///
    /// ```
    /// use idpstore::model::{IdentityProvider, Saml};
    /// use idpstore::{IdpStore, Why};
    ///
    /// # #[cfg(all(feature = "okta", feature = "pingone"))]
    /// # {
    /// let store = IdpStore::in_memory()?;
    /// let mut saml = Saml::new("urn:partner").sign_on("https://idp.example.com/sso");
    /// saml.signature_algorithm = Some("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512".to_owned());
    /// let partner = store.providers().create(IdentityProvider::named("Partner", saml))?;
    ///
    /// let crossing = store.crossing(partner.id, "okta")?;
    /// let lost = crossing.lost.iter().find(|lost| lost.member == "/spSigning/algorithm").unwrap();
    /// assert_eq!((lost.of, lost.why), ("pingone", Why::OtherMeaning));
    /// let place = "`/protocol/algorithms/request/signature/algorithm`";
    /// assert_eq!(lost.detail, Some(format!("{place} is `SHA-256`")));
    /// # }
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] if there is no such dialect, [`ErrorKind::NotFound`] if the provider is missing, and those of
    /// the storage.
    pub fn crossing(&self, provider: Id, to: &str) -> Result<Crossing> {
        let to = target(to)?;
        let record = self.service.provider(provider)?;
        let certificates = || self.service.trusted_certificates(&record);
        dialects::crossing((self.service.tenant_id(), &record), to, self.base_url(), &certificates)
    }

    /// Changes a provider to what a document of a dialect describes, as [`Crossing::shown`] has it: by the rules of its vendor's
    /// own update. Secrets that the document leaves out stay as they are.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Saml};
    ///
    /// # #[cfg(feature = "okta")]
    /// # {
    /// let store = IdpStore::in_memory()?;
    /// let saml = Saml::new("urn:partner").sign_on("https://idp.example.com/sso");
    /// let partner = store.providers().create(IdentityProvider::named("Partner", saml))?;
    /// let shown = store.crossing(partner.id, "okta")?.shown;
    /// let mut document = shown.and_then(|shown| shown.as_object().cloned()).unwrap_or_default();
    /// document["name"] = "New".into();
    /// assert_eq!(store.replace_document(partner.id, "okta", &document)?.name, "New");
    /// document["protocol"]["type"] = "OIDC".into();
    /// let error = store.replace_document(partner.id, "okta", &document).unwrap_err();
    /// assert_eq!(error.violations()[0].pointer, "/protocol/type");
    /// # }
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] if there is no such dialect or it does not show the provider, [`ErrorKind::Invalid`] with JSON
    /// Pointers into the document if its vendor would refuse it, [`ErrorKind::NotFound`] if the provider is missing, and those of
    /// the storage.
    pub fn replace_document(
        &self,
        provider: Id,
        dialect: &str,
        document: &Map<String, Value>,
    ) -> Result<IdentityProvider> {
        let dialect = target(dialect)?;
        let record = self.service.provider(provider)?;
        if !(dialect.policy.knows_provider)(&record) {
            let words = format!("the API of `{}` does not show the provider", dialect.name);
            return Err(Error::new(ErrorKind::Unsupported).context(words));
        }
        let service = self.service.following(dialect.policy);
        dialects::rewrite(&service, provider, dialect, document, &self.settings.switches)
    }

    /// As [`IdpStore::crossing`], of all providers of all tenants, in the order of tenants and ids, as they are at one moment. One of them is in
    /// memory at a time. The number of providers is returned.
    ///
    /// ```
    /// use idpstore::model::{IdentityProvider, Saml};
    /// use idpstore::{CrossingReport, IdpStore};
    ///
    /// # #[cfg(feature = "okta")]
    /// # {
    /// let store = IdpStore::in_memory()?;
    /// store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:partner")))?;
    /// let mut report = CrossingReport::new("okta");
    /// assert_eq!(store.crossings("okta", |crossing| report.add(&crossing))?, 1);
    /// assert!(report.markdown().starts_with("# What crosses to okta\n"));
    /// # }
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] if there is no such dialect, [`ErrorKind::Corrupt`] if a record cannot be read, and those of
    /// the storage.
    pub fn crossings(&self, to: &str, mut each: impl FnMut(Crossing)) -> Result<u64> {
        let to = target(to)?;
        let mut count = 0;
        self.service.every_provider(&mut |tenant, record, certificates| {
            each(dialects::crossing((tenant, record), to, self.base_url(), certificates)?);
            count += 1;
            Ok(())
        })?;
        Ok(count)
    }

    /// The requests with which a client makes a provider at another vendor, of what [`IdpStore::crossing`] shows: the
    /// certificates that it trusts, the provider, and what switches it off. Secrets are variables in them. There are none if the
    /// vendor does not have such a kind of provider, or would refuse its document.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{Client, IdentityProvider, Social};
    ///
    /// # #[cfg(feature = "okta")]
    /// # {
    /// let store = IdpStore::in_memory()?;
    /// let client = Client::new("us", "hush");
    /// let google = IdentityProvider::named("Google", Social::new("google", client)).alias("google");
    /// let google = store.providers().create(google)?;
    ///
    /// let made = store.crossing_requests(google.id, "okta")?;
    /// let [request] = &made.requests[..] else { panic!("{made:?}") };
    /// assert_eq!((request.method, request.path.as_str()), ("POST", "/api/v1/idps"));
    /// let client = request.body.as_ref().and_then(|body| body.pointer("/protocol/credentials/client"));
    /// assert_eq!(client, Some(&serde_json::json!({"client_id": "us", "client_secret": "${GOOGLE_SECRET}"})));
    /// assert_eq!(made.secrets, ["GOOGLE_SECRET"]);
    /// # }
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`IdpStore::crossing`].
    pub fn crossing_requests(&self, provider: Id, to: &str) -> Result<CrossingRequests> {
        self.requests_for(&self.service.provider(provider)?, to)
    }

    /// The same for a provider that was read.
    pub(crate) fn requests_for(&self, record: &IdentityProvider, to: &str) -> Result<CrossingRequests> {
        let certificates = || self.service.trusted_certificates(record);
        let tenant = self.service.tenant_id();
        dialects::requests((tenant, record), target(to)?, self.service.env(), &certificates)
    }

    /// Writes a script for bash that makes the providers of the tenant at another vendor, by these requests, with `curl` and
    /// `jq`; and gives their number. The script needs the address of the API, a token, and the secrets as variables of its
    /// environment, prints a line for each provider that it has made, and ends at the first failure. What makes no requests is
    /// named. One provider is in memory at a time.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Saml};
    ///
    /// # #[cfg(feature = "zitadel")]
    /// # {
    /// let store = IdpStore::in_memory()?;
    /// store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:partner")))?;
    /// let mut script = Vec::new();
    /// assert_eq!(store.crossing_script("zitadel", &mut script)?, 1);
    /// assert!(script.starts_with(b"#!/usr/bin/env bash\n"));
    /// # }
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] if there is no such dialect, [`ErrorKind::Corrupt`] if a record cannot be read, and
    /// [`ErrorKind::Storage`] if the storage or `out` fails.
    pub fn crossing_script(&self, to: &str, mut out: impl Write) -> Result<u64> {
        let to = target(to)?;
        let (tenant, env) = (self.service.tenant_id(), self.service.env());
        let mut script = CrossingScript::begin(to, &mut out)?;
        let mut count = 0;
        // All secrets are required before the first request is sent.
        self.service.providers_in_passes(2, &mut |pass, record, certificates| {
            let made = dialects::requests((tenant, record), to, env, certificates)?;
            if pass == 0 {
                return script.require_secrets(&made);
            }
            count += 1;
            script.make(&made)
        })?;
        Ok(count)
    }
}

fn target(name: &str) -> Result<&'static Dialect> {
    let found = dialects::ALL.iter().copied().find(|dialect| dialect.name == name);
    found.ok_or_else(|| {
        Error::new(ErrorKind::Unsupported).context(format!("there is no dialect `{}`", excerpt(name)))
    })
}
