//! The clients that get tokens.

use std::fmt;

use idpstore::pki::{Jwk, pem, thumbprint};
use idpstore::{Grant, chain};
use serde::Deserialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::super::config::Access;

/// A client as the file of `--config` has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct Listed {
    /// As whom the log names it.
    name: String,
    id: String,
    secret: Option<Zeroizing<String>>,
    key: Option<Key>,
    #[serde(default)]
    access: Access,
    /// Whether its tokens are bound to a key of its own (RFC 9449).
    #[serde(default)]
    dpop: bool,
}

/// A public key.
#[derive(Deserialize)]
#[serde(untagged)]
enum Key {
    Pem(String),
    Jwk(Map<String, Value>),
}

/// A client that gets tokens.
pub(in crate::serve) struct Client {
    pub(super) id: String,
    pub(super) grant: Grant,
    pub(super) needs_dpop: bool,
    proof: Proof,
}

/// How a client proves who it is.
enum Proof {
    Secret(Zeroizing<String>),
    Key(Jwk),
}

impl Client {
    /// Reads a list of them.
    pub(in crate::serve) fn list(listed: Vec<Listed>) -> Result<Vec<Self>, String> {
        let mut clients: Vec<Self> = Vec::new();
        let mut names = Vec::new();
        for one in listed {
            let name = one.name.clone();
            let client = Self::read(one).map_err(|words| format!("the client `{name}`: {words}"))?;
            if names.contains(&name) || clients.iter().any(|other| other.id == client.id) {
                return Err(format!("duplicate name or id of the client `{name}`"));
            }
            names.push(name);
            clients.push(client);
        }
        Ok(clients)
    }

    fn read(listed: Listed) -> Result<Self, String> {
        let Listed { name, id, secret, key, access, dpop } = listed;
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("its id must be visible ASCII characters without spaces".to_owned());
        }
        let proof = match (secret, key) {
            (Some(secret), None) if !secret.is_empty() => Proof::Secret(secret),
            (None, Some(key)) => Proof::Key(key.read()?),
            _ => return Err("it needs a `secret` or a `key`, and not both".to_owned()),
        };
        Ok(Self { id, grant: access.grant().named(name), needs_dpop: dpop, proof })
    }

    /// The one with this id.
    pub(super) fn find<'c>(clients: &'c [Self], id: &str) -> Option<&'c Self> {
        clients.iter().find(|client| client.id == id)
    }

    /// All that is listed of it.
    pub(super) fn listing(&self) -> Zeroizing<String> {
        let Self { id, grant, needs_dpop, proof } = self;
        let proof = match proof {
            Proof::Secret(secret) => Zeroizing::clone(secret),
            Proof::Key(key) => Zeroizing::new(thumbprint::jwk_thumbprint(key)),
        };
        Zeroizing::new(format!("{id:?} {grant:?} {needs_dpop} {}", *proof))
    }

    /// Whether this is its secret. The time that this takes reveals at most how long the secret is.
    pub(super) fn has_secret(&self, secret: &str) -> bool {
        matches!(&self.proof, Proof::Secret(own) if own.as_bytes().ct_eq(secret.as_bytes()).into())
    }

    /// The key of its assertions.
    pub(super) fn key(&self) -> Option<&Jwk> {
        match &self.proof {
            Proof::Key(key) => Some(key),
            Proof::Secret(_) => None,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, grant, needs_dpop, proof: _ } = self;
        out.debug_struct("Client")
            .field("id", id)
            .field("grant", grant)
            .field("needs_dpop", needs_dpop)
            .finish()
    }
}

impl Key {
    fn read(self) -> Result<Jwk, String> {
        let key = match self {
            Self::Jwk(members) => from_jwk(members)?,
            Self::Pem(text) => from_pem(&text)?,
        };
        is_strong(&key)
            .then_some(key)
            .ok_or_else(|| "its key must be RSA of 2048 to 8192 bits, or EC".to_owned())
    }
}

/// A public key by itself, which a private one is not.
pub(super) fn from_jwk(members: Map<String, Value>) -> Result<Jwk, String> {
    if members.contains_key("d") || members.contains_key("k") {
        return Err("its key is private: list the public part alone".to_owned());
    }
    let key: Jwk = serde_json::from_value(members.into()).map_err(|error| chain(&error))?;
    key.check().map_err(|error| chain(&error))?;
    Ok(key)
}

/// Whether a key is good enough, and not so large that it would keep the server busy.
pub(super) fn is_strong(key: &Jwk) -> bool {
    match key {
        Jwk::Rsa { .. } => (2048..=8192).contains(&key.bits()),
        Jwk::Ec { .. } => true,
        _ => false,
    }
}

fn from_pem(text: &str) -> Result<Jwk, String> {
    let block = text.trim().strip_prefix("-----BEGIN PUBLIC KEY-----");
    let block = block.and_then(|rest| rest.strip_suffix("-----END PUBLIC KEY-----"));
    let block = block.ok_or("its key is neither a JWK nor PEM with `BEGIN PUBLIC KEY`")?;
    let der = pem::base64_any(block).map_err(|error| chain(&error))?;
    Jwk::from_spki_der(&der).map_err(|error| chain(&error))
}

#[cfg(test)]
mod tests {
    use idpstore::env::{Generator, SeededEntropy};
    use idpstore::pki::{EcCurve, PrivateKey};
    use serde_json::json;

    use super::*;

    fn read(list: Value) -> Result<Vec<Client>, String> {
        Client::list(serde_json::from_value(list).map_err(|error| error.to_string())?)
    }

    #[test]
    fn a_client_has_a_secret_or_a_public_key() {
        let entropy = SeededEntropy::new([1; 32]);
        let key = PrivateKey::generate_ec(EcCurve::P256, &mut Generator(&entropy));
        let jwk = key.public_jwk();
        let pem = pem::encode("PUBLIC KEY", &key.spki_der().unwrap());
        let clients = read(json!([
            {"name": "a", "id": "1", "secret": "hush", "access": "read-only"},
            {"name": "b", "id": "2", "key": jwk, "dpop": true},
            {"name": "c", "id": "3", "key": pem},
        ]));
        let clients = clients.unwrap();
        assert!(clients[0].has_secret("hush") && !clients[0].has_secret("hus") && clients[0].key().is_none());
        assert_eq!(clients[0].grant, Grant::read_only().named("a"));
        assert!(clients[1..].iter().all(|client| client.key() == Some(&jwk) && !client.has_secret("")));
        assert_eq!(clients.iter().map(|client| client.needs_dpop).collect::<Vec<_>>(), [false, true, false]);
        let shown = format!("{clients:?}");
        assert!(shown.contains("only_reads: true") && !shown.contains("hush"), "{shown}");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let one = |members: Value| {
            let mut client = json!({"name": "a", "id": "1"});
            client.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            read(json!([client])).unwrap_err()
        };
        let key = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"});
        for (members, words) in [
            (json!({}), "a `secret` or a `key`"),
            (json!({"secret": ""}), "a `secret` or a `key`"),
            (json!({"secret": "s", "key": key}), "not both"),
            (json!({"id": "a b", "secret": "s"}), "visible ASCII"),
            (json!({"key": {"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AQAB"}}), "is private"),
            (json!({"key": {"kty": "oct", "k": "AQAB"}}), "is private"),
            (json!({"key": "ssh-rsa AAAA"}), "BEGIN PUBLIC KEY"),
            (json!({"secret": "s", "scope": "all"}), "unknown field"),
        ] {
            let refusal = one(members);
            assert!(refusal.contains(words), "{refusal}");
        }
        let client = |name, id| json!({"name": name, "id": id, "secret": "s"});
        assert!(read(json!([client("a", "1"), client("a", "2")])).unwrap_err().contains("duplicate"));
        assert!(read(json!([client("a", "1"), client("b", "1")])).unwrap_err().contains("duplicate"));
    }
}
