//! Proofs that a client holds a key of its own (RFC 9449).

use http::HeaderMap;
use idpstore::pki::{Jwk, thumbprint};
use serde::Deserialize;

use super::assertion::{ID, LEEWAY, seconds};
use super::clients::{from_jwk, is_strong};
use super::jws::Jws;

/// For how many seconds after it was made a proof is taken.
const AGE: i64 = 300;

/// What a proof proves.
pub(super) struct Proof {
    /// The thumbprint of the key.
    pub(super) jkt: String,
    /// By what it is known again.
    pub(super) id: String,
    /// Until when it could be used again.
    pub(super) end: i64,
    /// What the server gave the client for it.
    pub(super) nonce: Option<String>,
}

/// The request that a proof is for.
pub(super) struct Target<'r> {
    pub(super) method: &'r str,
    /// The names of the server, any of which it may have.
    pub(super) hosts: &'r [&'r str],
    pub(super) path: &'r str,
    /// The token that comes with it.
    pub(super) token: Option<&'r str>,
}

#[derive(Deserialize)]
struct Claims {
    htm: String,
    htu: String,
    iat: f64,
    jti: String,
    ath: Option<String>,
    nonce: Option<String>,
}

/// The proof that a request carries. An error says why it is none for this request.
pub(super) fn read(headers: &HeaderMap, target: &Target<'_>, now: i64) -> Result<Proof, &'static str> {
    let mut proofs = headers.get_all("dpop").iter();
    let (Some(proof), None) = (proofs.next(), proofs.next()) else {
        return Err("The DPoP proof JWT header is missing.");
    };
    let jws = proof.to_str().ok().and_then(Jws::read).ok_or("The DPoP proof is not a signed JWT.")?;
    let key = key(&jws)?;
    let claims: Claims = jws.claims().ok_or("The claims of the DPoP proof JWT cannot be read.")?;
    if claims.htm != target.method {
        return Err("'htm' claim in the DPoP proof JWT is invalid.");
    }
    if !is_at(&claims.htu, target.hosts, |path| path == target.path) {
        return Err("'htu' claim in the DPoP proof JWT is invalid.");
    }
    if claims.ath != target.token.map(|token| thumbprint::sha256_base64url(token.as_bytes())) {
        return Err("'ath' claim in the DPoP proof JWT is invalid.");
    }
    let made = seconds(Some(claims.iat)).unwrap_or_default();
    if !(now - AGE..=now + LEEWAY).contains(&made) {
        return Err("'iat' claim in the DPoP proof JWT is invalid.");
    }
    if claims.jti.is_empty() || claims.jti.len() > ID {
        return Err("'jti' claim in the DPoP proof JWT is invalid.");
    }
    if !jws.is_signed_by(&key) {
        return Err("The DPoP proof JWT signature is invalid.");
    }
    let jkt = thumbprint::jwk_thumbprint(&key);
    let id = format!("{jkt} {}", claims.jti);
    Ok(Proof { jkt, id, end: made.saturating_add(AGE), nonce: claims.nonce })
}

/// The public key in the header of a proof.
fn key(jws: &Jws<'_>) -> Result<Jwk, &'static str> {
    if jws.typ.as_deref() != Some("dpop+jwt") {
        return Err("'typ' of the DPoP proof JWT must be 'dpop+jwt'.");
    }
    let key = jws.jwk.clone().and_then(|members| from_jwk(members).ok()).filter(is_strong);
    key.ok_or("The DPoP proof JWT must have a public key of RSA or EC in its header.")
}

/// Whether a URL names something at one of these hosts. Its scheme may be any of HTTP: a proxy may speak TLS for us.
pub(super) fn is_at(url: &str, hosts: &[&str], is_path: impl Fn(&str) -> bool) -> bool {
    let Ok(url) = url.parse::<http::Uri>() else { return false };
    let is_host =
        || url.authority().is_some_and(|it| hosts.iter().any(|host| it.as_str().eq_ignore_ascii_case(host)));
    matches!(url.scheme_str(), Some("http" | "https"))
        && is_host()
        && url.query().is_none()
        && is_path(url.path())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use idpstore::env::{Generator, SeededEntropy};
    use idpstore::pki::{EcCurve, PrivateKey};
    use serde_json::{Value, json};

    use super::super::jws::{encoded, sign};
    use super::*;

    const NOW: i64 = 1_800_000_000;
    const TARGET: Target<'_> =
        Target { method: "GET", hosts: &["us:1"], path: "/api/v1/idps", token: Some("token") };

    /// A proof in which these claims, or members of the header, are others.
    fn proof(claims: &Value, header: &Value) -> String {
        let entropy = SeededEntropy::new([1; 32]);
        let key = PrivateKey::generate_ec(EcCurve::P256, &mut Generator(&entropy));
        let ath = thumbprint::sha256_base64url(b"token");
        let mut all =
            json!({"htm": "GET", "htu": "http://US:1/api/v1/idps", "iat": NOW, "jti": "1", "ath": ath});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let mut head = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": key.public_jwk()});
        head.as_object_mut().unwrap().extend(header.as_object().unwrap().clone());
        sign(&encoded(head.to_string().as_bytes()), &all, &key, &entropy).unwrap()
    }

    fn refused(proofs: &[String]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for proof in proofs {
            headers.append("dpop", HeaderValue::from_str(proof).unwrap());
        }
        read(&headers, &TARGET, NOW).err()
    }

    #[test]
    fn a_proof_is_for_one_request() {
        let (none, good) = (json!({}), proof(&json!({}), &json!({})));
        assert_eq!(refused(std::slice::from_ref(&good)), None);
        assert_eq!(
            refused(&[proof(&json!({"iat": NOW - 300, "htu": "https://us:1/api/v1/idps"}), &none)]),
            None
        );
        for (claims, member) in [
            (json!({"htm": "POST"}), "'htm'"),
            (json!({"htu": "http://us:2/api/v1/idps"}), "'htu'"),
            (json!({"htu": "http://us:1/api/v1/apps"}), "'htu'"),
            (json!({"htu": "http://us:1/api/v1/idps?q=a"}), "'htu'"),
            (json!({"htu": "ftp://us:1/api/v1/idps"}), "'htu'"),
            (json!({"htu": "/api/v1/idps"}), "'htu'"),
            (json!({"ath": thumbprint::sha256_base64url(b"other")}), "'ath'"),
            (json!({"ath": null}), "'ath'"),
            (json!({"iat": NOW - 301}), "'iat'"),
            (json!({"iat": NOW + 61}), "'iat'"),
            (json!({"jti": ""}), "'jti'"),
            (json!({"jti": null}), "cannot be read"),
        ] {
            let words = refused(&[proof(&claims, &none)]).unwrap_or_default();
            assert!(words.contains(member), "{claims}: {words}");
        }
        assert!(refused(&[]).unwrap().contains("missing"));
        assert!(refused(&[good.clone(), good]).unwrap().contains("missing"));
    }

    #[test]
    fn a_proof_is_signed_by_the_key_that_it_brings() {
        let none = json!({});
        let entropy = SeededEntropy::new([2; 32]);
        let other = PrivateKey::generate_ec(EcCurve::P256, &mut Generator(&entropy));
        let mut private = json!(other.public_jwk());
        private.as_object_mut().unwrap().insert("d".to_owned(), json!("AQAB"));
        for (header, words) in [
            (json!({"typ": "JWT"}), "'typ'"),
            (json!({"jwk": null}), "public key"),
            (json!({"jwk": private}), "public key"),
            (json!({"jwk": other.public_jwk()}), "signature"),
            (json!({"alg": "ES384"}), "signature"),
            (json!({"alg": "none"}), "not a signed"),
        ] {
            let refusal = refused(&[proof(&none, &header)]).unwrap_or_default();
            assert!(refusal.contains(words), "{header}: {refusal}");
        }
    }
}
