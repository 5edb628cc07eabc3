//! A client that gets tokens, and signs for that.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use idpstore::env::{Clock as _, Generator, KeySource as _, SeededEntropy, SystemClock};
use idpstore::pki::{Hash, KeySpec, PrivateKey, Signer as _, thumbprint};
use idpstore::testing::CannedKeys;
use serde_json::{Value, json};

use crate::connection::{Answer, Connection};
use crate::server::Server;

/// The client by its id, wherever it signs.
pub(crate) const ID: &str = "0b4e9d4a-2f5c-4d0e-9a58-3c7d2a1f6e77";

/// The parameters with which Okta's clients ask for a token.
pub(crate) const BY_ASSERTION: &str = "grant_type=client_credentials&scope=okta.idps.read%20okta.apps.manage\
     &client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=";

/// One who holds a key.
pub(crate) struct Holder {
    key: PrivateKey,
    entropy: SeededEntropy,
}

static SIGNED: AtomicU64 = AtomicU64::new(0);

/// Two of them.
pub(crate) fn holders() -> [Holder; 2] {
    let keys = CannedKeys::default();
    [1, 2].map(|seed| {
        let key = keys.generate(KeySpec::Rsa { bits: 2048 }).unwrap();
        Holder { key, entropy: SeededEntropy::new([seed; 32]) }
    })
}

impl Holder {
    pub(crate) fn jwk(&self) -> Value {
        json!(self.key.public_jwk())
    }

    pub(crate) fn pem(&self) -> String {
        idpstore::pki::pem::encode("PUBLIC KEY", &self.key.spki_der().unwrap())
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = Generator(&self.entropy).sign(&self.key, Hash::Sha256, signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    /// An assertion like no other before it, with these claims beside or in place of the usual ones.
    pub(crate) fn assertion(&self, audience: &str, change: &Value) -> String {
        let mut claims =
            json!({"iss": ID, "sub": ID, "aud": audience, "iat": now(), "exp": now() + 300, "jti": fresh()});
        merge(&mut claims, change);
        self.signed(&json!({"alg": "RS256", "kid": "1"}), &claims)
    }

    /// A proof for a request, likewise.
    pub(crate) fn proof(&self, method: &str, url: &str, token: Option<&str>, change: &Value) -> String {
        let mut claims = json!({"htm": method, "htu": url, "iat": now(), "jti": fresh()});
        if let Some(token) = token {
            merge(&mut claims, &json!({"ath": thumbprint::sha256_base64url(token.as_bytes())}));
        }
        merge(&mut claims, change);
        self.signed(&json!({"typ": "dpop+jwt", "alg": "RS256", "jwk": self.jwk()}), &claims)
    }
}

fn merge(into: &mut Value, from: &Value) {
    into.as_object_mut().unwrap().extend(from.as_object().unwrap().clone());
}

fn fresh() -> String {
    format!("id-{}", SIGNED.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn now() -> i64 {
    SystemClock.now().unix_seconds()
}

/// Sends the parameters of a form.
pub(crate) fn post(server: &Server, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
    let form_headers = [&[("content-type", "application/x-www-form-urlencoded")], headers].concat();
    Connection::open(server).ask("POST", path, &form_headers, form.as_bytes())
}

/// The token in an answer.
pub(crate) fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json().get("access_token").and_then(Value::as_str).unwrap().to_owned()
}

/// Why there is none: the status and the error.
pub(crate) fn refused(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.headers.get("cache-control").unwrap(), "no-store");
    (answer.status, answer.json().get("error").and_then(Value::as_str).unwrap().to_owned())
}

/// The status of a request with these credentials.
pub(crate) fn status(server: &Server, path: &str, authorization: &str) -> u16 {
    Connection::open(server).ask("GET", path, &[("authorization", authorization)], b"").status
}
