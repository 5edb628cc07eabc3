//! How a store is opened: a JSON object. `certificateKey` is the kind of key for service providers' certificates, where the vendor
//! leaves that to the server's settings; `signs` says whether the host makes the signatures of RSA keys, and `fetches`
//! whether documents that partners publish can be had. `baseUrl`, `bodyLimit` (bytes), `rateLimit` (`requests` in so many
//! `seconds`), `token` and `switches` are those of [`Builder`] and may be missing; so may `sealEverything`, whether everything is
//! sealed in a store that is new.

use std::sync::Arc;
use std::time::Duration;

use idpstore::engine::KeyWrap;
use idpstore::env::{CertificateSettings, Environment};
use idpstore::pki::KeySpec;
use idpstore::{Builder, Error, ErrorKind, Grant, IdpStore, Tokens};
use serde_json::Value;

use crate::env::Host;
use crate::error::{self, Text, text};
use crate::seal::SealEntropy;

pub(crate) struct Settings(Value);

impl Settings {
    pub(crate) fn read(json: &str) -> Result<Self, Text> {
        serde_json::from_str(json)
            .map(Self)
            .map_err(|cause| text(Error::new(ErrorKind::Malformed).caused_by(cause)))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn is_set(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// A builder with those that are there, and with what opens the seal, or seals a store that is new.
    pub(crate) fn builder(&self, by: Option<KeyWrap>) -> Builder {
        let mut builder = IdpStore::builder();
        if let Some(by) = by {
            let is_of_everything = self.is_set("sealEverything");
            builder = if is_of_everything { builder.seal_everything(by) } else { builder.seal(by) };
        }
        if let Some(url) = self.text("baseUrl") {
            builder = builder.base_url(url);
        }
        if let Some(bytes) = self.0.get("bodyLimit").and_then(Value::as_u64) {
            builder = builder.body_limit(usize::try_from(bytes).unwrap_or(usize::MAX));
        }
        if let Some(limit) = self.0.get("rateLimit") {
            let count = |name: &str| limit.get(name).and_then(Value::as_u64).unwrap_or(1);
            let requests = u32::try_from(count("requests")).unwrap_or(u32::MAX);
            builder = builder.rate_limit(requests, Duration::from_secs(count("seconds")));
        }
        if let Some(token) = self.text("token") {
            builder = builder.authorizer(Tokens::default().allow(token, Grant::full()));
        }
        let switches = self.0.get("switches").and_then(Value::as_array);
        let switches = switches.into_iter().flatten().filter_map(Value::as_str);
        switches.fold(builder, Builder::switch)
    }

    /// What the store gets from this host.
    pub(crate) fn environment(&self, host: &Host) -> Result<Environment, Text> {
        let key = self.text("certificateKey").unwrap_or_default();
        let spec: KeySpec = key.parse().map_err(|cause| error::option("certificateKey", &cause))?;
        Ok(Environment {
            clock: Arc::new(host.clone()),
            entropy: Arc::new(host.clone()),
            seal_entropy: Some(Arc::new(SealEntropy::default())),
            keys: Arc::new(host.clone()),
            signatures: self.is_set("signs").then(|| Arc::new(host.clone()) as _),
            derivation: Some(Arc::new(host.clone())),
            fetcher: self.is_set("fetches").then(|| Arc::new(host.clone()) as _),
            character_sets: Arc::new(host.clone()),
            certificates: CertificateSettings { spec, ..CertificateSettings::default() },
        })
    }
}
