//! The tokens themselves: signed by a key that this process makes and never writes down.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use idpstore::env::{Entropy as _, Generator, SeededEntropy};
use idpstore::pki::{EcCurve, PrivateKey, thumbprint};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::clients::Client;
use super::jws::{self, Jws, encoded};
use crate::failure::Failure;

/// How many tokens are known to be ours without another look at their signatures.
const KNOWN: usize = 1024;

/// What a token of ours says (RFC 9068).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(super) struct Claims {
    /// The server, by the name that the client has for it.
    pub(super) iss: String,
    /// The client.
    pub(super) sub: String,
    /// The vendor whose API it is for.
    pub(super) aud: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    /// How the client was listed, if clients were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) listing: Option<String>,
    /// The key that it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cnf: Option<Confirmation>,
}

/// The thumbprint of a key (RFC 9449, section 6.1).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(super) struct Confirmation {
    pub(super) jkt: String,
}

/// Makes tokens, and knows them again.
pub(super) struct Mint {
    key: PrivateKey,
    kid: String,
    /// How all tokens start.
    head: String,
    pub(super) entropy: SeededEntropy,
    /// What makes the digests of listings say nothing of secrets.
    salt: [u8; 32],
    known: Mutex<BTreeMap<String, Arc<Claims>>>,
}

/// A token as the mint finds it.
pub(super) enum Found {
    /// It is not from this mint.
    Foreign,
    /// It looks as if it were, and is not.
    Forged,
    Ours(Arc<Claims>),
}

impl Mint {
    /// With a key from the randomness of the system, wherever else keys come from: that of a test is no secret.
    pub(super) fn new() -> Result<Self, Failure> {
        let entropy = SeededEntropy::from_system()
            .map_err(|error| Failure::new("cannot make a key for tokens", &error))?;
        let key = PrivateKey::generate_ec(EcCurve::P256, &mut Generator(&entropy));
        let kid = thumbprint::jwk_thumbprint(&key.public_jwk());
        let head = json!({ "alg": "ES256", "kid": kid, "typ": "at+jwt" });
        let head = encoded(head.to_string().as_bytes());
        let mut salt = [0; 32];
        entropy.fill(&mut salt);
        Ok(Self { key, kid, head, entropy, salt, known: Mutex::default() })
    }

    /// A digest of all that is listed of a client: it changes with it.
    pub(super) fn listing(&self, client: &Client) -> String {
        thumbprint::sha256_base64url(&[&self.salt[..], client.listing().as_bytes()].concat())
    }

    /// A token, which is like no other.
    pub(super) fn make(&self, claims: &Claims) -> idpstore::Result<String> {
        #[derive(Serialize)]
        struct Unique<'c> {
            #[serde(flatten)]
            claims: &'c Claims,
            jti: String,
        }
        let mut id = [0; 16];
        self.entropy.fill(&mut id);
        jws::sign(&self.head, &Unique { claims, jti: encoded(&id) }, &self.key, &self.entropy)
    }

    /// Looks at a token.
    pub(super) fn find(&self, token: &str) -> Found {
        if token.split('.').next() != Some(&*self.head) {
            return Found::Foreign;
        }
        let digest = thumbprint::sha256_base64url(token.as_bytes());
        if let Some(claims) = self.known().get(&digest) {
            return Found::Ours(Arc::clone(claims));
        }
        let read = Jws::read(token).filter(|jws| jws.is_signed_by(&self.key.public_jwk()));
        let Some(claims) = read.and_then(|jws| jws.claims()).map(Arc::new) else { return Found::Forged };
        let mut known = self.known();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(digest, Arc::clone(&claims));
        Found::Ours(claims)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Claims>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The public key, as a set of one (RFC 7517).
    pub(super) fn keys(&self) -> Value {
        let mut key = json!(self.key.public_jwk());
        if let Some(members) = key.as_object_mut() {
            members.extend(
                [("use", "sig"), ("alg", "ES256"), ("kid", &self.kid)]
                    .map(|(name, value)| (name.to_owned(), value.into())),
            );
        }
        json!({ "keys": [key] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        let cnf = Some(Confirmation { jkt: "k".to_owned() });
        Claims {
            iss: "http://us".into(),
            sub: "me".into(),
            aud: "okta".into(),
            iat: 1,
            exp: 2,
            listing: None,
            cnf,
        }
    }

    #[test]
    fn a_mint_knows_its_tokens_and_no_others() {
        let (mint, other) = (Mint::new().unwrap(), Mint::new().unwrap());
        let token = mint.make(&claims()).unwrap();
        assert_ne!(mint.make(&claims()).unwrap(), token);
        for _ in 0..2 {
            assert!(matches!(mint.find(&token), Found::Ours(found) if *found == claims()));
        }
        for foreign in [&*other.make(&claims()).unwrap(), "s3cret", ""] {
            assert!(matches!(mint.find(foreign), Found::Foreign), "{foreign}");
        }
        let [head, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!() };
        let changed = encoded(&serde_json::to_vec(&Claims { exp: 9, ..claims() }).unwrap());
        for forged in
            [format!("{head}.{changed}.{signature}"), format!("{head}.{payload}.AAAA"), head.to_owned()]
        {
            assert!(matches!(mint.find(&forged), Found::Forged), "{forged}");
        }
    }

    #[test]
    fn what_it_knows_is_bounded() {
        let mint = Mint::new().unwrap();
        let token = mint.make(&claims()).unwrap();
        let known = || mint.known().len();
        assert!(matches!(mint.find(&token), Found::Ours(_)));
        for number in 1..KNOWN {
            mint.known().insert(number.to_string(), Arc::new(claims()));
        }
        assert!(matches!(mint.find(&mint.make(&claims()).unwrap()), Found::Ours(_)));
        assert_eq!(known(), 1);
    }
}
