//! Sets of public keys (RFC 7517, section 5).

use serde_json::{Map, Value};

use super::discovery::object;
use crate::error::{Error, ErrorKind, Result, excerpt, json};
use crate::pki::{Finding, Jwk, findings, thumbprint};

/// How many keys a set has at most.
const KEYS: usize = 100;

/// The members of a JWK that are not public (RFC 7518, sections 6.2.2, 6.3.2 and 6.4).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The keys that a partner publishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySet {
    /// Those that could be read, in document order.
    pub keys: Vec<PublishedKey>,
    /// Which could not be read, and why, and which have a `kid` in common.
    pub warnings: Vec<String>,
}

/// A key that a partner publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublishedKey {
    /// `kid`
    pub kid: Option<String>,
    /// `use`, such as `sig`.
    pub usage: Option<String>,
    /// `alg`, such as `RS256`.
    pub alg: Option<String>,
    /// The key.
    pub jwk: Jwk,
}

impl PublishedKey {
    /// The thumbprint of the key (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        thumbprint::jwk_thumbprint(&self.jwk)
    }

    /// What is wrong with the key.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        findings::of_key(&self.jwk)
    }
}

impl KeySet {
    /// Reads a key set.
    ///
    /// ```
    /// use idpstore::oidc::KeySet;
    ///
    /// let set = br#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    /// assert_eq!(KeySet::read(set)?.keys[0].thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] if it is something else, too large, of more than 100 keys, or holds a key that is not public.
    pub fn read(set: &[u8]) -> Result<Self> {
        let mut members = object(set).map_err(|why| unusable(&why))?;
        let Some(Value::Array(keys)) = members.remove("keys") else {
            return Err(unusable("it has no `keys`"));
        };
        if keys.len() > KEYS {
            return Err(unusable(&format!("it has more than {KEYS} keys")));
        }
        let mut read = Self::default();
        for (number, key) in (1..).zip(keys) {
            let Value::Object(key) = key else { return Err(unusable(&format!("key {number} is no object"))) };
            if PRIVATE.iter().any(|name| key.contains_key(*name)) {
                return Err(unusable(&format!("key {number} contains private members")));
            }
            read.add(number, key);
        }
        Ok(read)
    }

    fn add(&mut self, number: usize, mut key: Map<String, Value>) {
        let mut text = |name: &str| match key.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (kid, usage, alg) = (text("kid"), text("use"), text("alg"));
        match serde_json::from_str(&Value::Object(key).to_string()) {
            Ok(jwk) => {
                if let Some(kid) = &kid
                    && self.keys.iter().any(|other| other.kid.as_ref() == Some(kid))
                {
                    self.warnings.push(format!("several keys are called `{}`", excerpt(kid)));
                }
                self.keys.push(PublishedKey { kid, usage, alg, jwk });
            }
            Err(cause) => {
                let cause = json::words(&cause);
                self.warnings.push(format!("key {number} cannot be read: {}", excerpt(&cause)));
            }
        }
    }
}

fn unusable(why: &str) -> Error {
    Error::new(ErrorKind::Malformed).context(format!("the key set cannot be used: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn read(set: &Value) -> Result<KeySet> {
        KeySet::read(set.to_string().as_bytes())
    }

    #[test]
    fn keys_that_are_not_public_are_refused_and_not_repeated() {
        for private in PRIVATE {
            let key = json!({"kty": "OKP", "crv": "Ed25519", "x": PUBLIC, private: "c2VjcmV0"});
            let error = read(&json!({"keys": [key]})).unwrap_err().to_string();
            assert!(
                error.contains("key 1 contains private members") && !error.contains("c2VjcmV0"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_a_warning() {
        let one =
            json!({"kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "a", "use": "sig", "alg": "EdDSA"});
        let set = read(&json!({"keys": [one, {"kty": "OKP", "crv": "Ed448", "x": "AQ"}, one]})).unwrap();
        let [first, second] = set.keys.as_slice() else { panic!("{set:?}") };
        assert_eq!(first, second);
        assert_eq!((first.usage.as_deref(), first.alg.as_deref()), (Some("sig"), Some("EdDSA")));
        assert!(set.warnings[0].starts_with("key 2 cannot be read: "), "{set:?}");
        assert_eq!(set.warnings[1], "several keys are called `a`");
    }

    #[test]
    fn refuses_what_is_no_set_of_few_keys() {
        let many: Vec<_> = (0..=KEYS).map(|_| json!({})).collect();
        for set in [json!([]), json!({}), json!({"keys": {}}), json!({"keys": [5]}), json!({"keys": many})] {
            assert_eq!(read(&set).unwrap_err().kind(), &ErrorKind::Malformed, "{set}");
        }
    }
}
