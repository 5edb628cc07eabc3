//! What a client signs to prove who it is, or in place of its authorization (RFC 7523, section 3).

use serde::Deserialize;

use super::jws::Jws;

/// By how many seconds the clocks of a client may differ from ours.
pub(super) const LEEWAY: i64 = 60;

/// For how many seconds an assertion may be good: what vendors allow, and what their clients ask for.
const LONGEST: i64 = 3600;

/// How long ids may be, in octets.
pub(super) const ID: usize = 255;

/// A client's assertion, whose signature is not looked at yet.
pub(super) struct Assertion<'t> {
    /// Who made it.
    pub(super) client: String,
    /// By what it is known again, if it is not to be used twice.
    pub(super) id: Option<String>,
    /// When it ends.
    pub(super) end: i64,
    /// The token itself.
    pub(super) jws: Jws<'t>,
}

#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    exp: Option<f64>,
    iat: Option<f64>,
    nbf: Option<f64>,
    jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl<'t> Assertion<'t> {
    /// Reads an assertion that is good at this moment for one of the audiences that `is_ours` knows. An error says why it is not.
    pub(super) fn read(
        text: &'t str,
        is_ours: impl Fn(&str) -> bool,
        now: i64,
    ) -> Result<Self, &'static str> {
        let jws = Jws::read(text).ok_or("The assertion is not a signed JWT.")?;
        let claims: Claims = jws.claims().ok_or("The claims of the assertion cannot be read.")?;
        let client = claims.iss.filter(|issuer| (1..=ID).contains(&issuer.len()));
        let client = client.ok_or("The assertion must have an issuer.")?;
        if claims.sub.is_none_or(|subject| subject != client) {
            return Err("The subject of the assertion must be its issuer.");
        }
        let is_for_us = match claims.aud {
            Some(Audience::One(audience)) => is_ours(&audience),
            Some(Audience::Several(audiences)) => audiences.iter().any(|audience| is_ours(audience)),
            None => false,
        };
        if !is_for_us {
            return Err("The audience of the assertion must be this server.");
        }
        let end = seconds(claims.exp).ok_or("The assertion must have an expiration.")?;
        if end.saturating_add(LEEWAY) <= now {
            return Err("The assertion is expired.");
        }
        if end > now + LONGEST + LEEWAY {
            return Err("The assertion must not be valid for more than an hour.");
        }
        let is_later = |time| seconds(time).is_some_and(|time| time > now + LEEWAY);
        if is_later(claims.iat) || is_later(claims.nbf) {
            return Err("The assertion is not yet valid.");
        }
        if seconds(claims.iat).is_some_and(|time| time < now - LONGEST - LEEWAY) {
            return Err("The assertion was issued too long ago.");
        }
        if claims.jti.as_ref().is_some_and(|id| id.len() > ID) {
            return Err("The id of the assertion is too long.");
        }
        let id = claims.jti.map(|id| format!("{client} {id}"));
        Ok(Self { client, id, end: end.saturating_add(LEEWAY), jws })
    }
}

/// A time of a JWT, which may have a fraction (RFC 7519, section 2).
#[expect(
    clippy::cast_possible_truncation,
    reason = "what no clock shows becomes the first or the last moment"
)]
pub(super) fn seconds(time: Option<f64>) -> Option<i64> {
    // Far from the ends, so that a little may be added.
    time.map(|time| time.clamp(-1e15, 1e15) as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::jws::encoded;
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn read(change: &Value) -> Result<(String, Option<String>), &'static str> {
        let mut claims =
            json!({"iss": "me", "sub": "me", "aud": "us", "exp": NOW + 300, "iat": NOW, "jti": "1"});
        let members = claims.as_object_mut().unwrap();
        members.extend(change.as_object().unwrap().clone());
        members.retain(|_, value| !value.is_null());
        let token =
            format!("{}.{}.AAAA", encoded(br#"{"alg":"RS256"}"#), encoded(claims.to_string().as_bytes()));
        Assertion::read(&token, |audience| audience == "us", NOW).map(|it| (it.client, it.id))
    }

    #[test]
    fn what_is_good_at_the_moment_is_read() {
        let ours = Ok(("me".to_owned(), Some("me 1".to_owned())));
        for change in [
            json!({}),
            json!({"aud": ["others", "us"]}),
            json!({"exp": NOW + 3600, "iat": NOW + 60}),
            json!({"exp": 1_799_999_941.5}),
            json!({"iat": null, "nbf": NOW - 5000}),
            json!({"iat": NOW - 3600}),
        ] {
            assert_eq!(read(&change), ours, "{change}");
        }
        assert_eq!(read(&json!({"jti": null})), Ok(("me".to_owned(), None)));
    }

    #[test]
    fn what_is_not_is_refused_with_the_reason() {
        for (change, reason) in [
            (json!({"iss": null}), "have an issuer"),
            (json!({"iss": "", "sub": ""}), "have an issuer"),
            (json!({"sub": null}), "subject"),
            (json!({"sub": "other"}), "subject"),
            (json!({"aud": null}), "audience"),
            (json!({"aud": []}), "audience"),
            (json!({"aud": "others"}), "audience"),
            (json!({"exp": null}), "have an expiration"),
            (json!({"exp": NOW - 60}), "expired"),
            (json!({"exp": -1e300}), "expired"),
            (json!({"exp": 1e300}), "more than an hour"),
            (json!({"exp": NOW + 3661}), "more than an hour"),
            (json!({"iat": NOW + 61}), "not yet valid"),
            (json!({"nbf": NOW + 61}), "not yet valid"),
            (json!({"iat": NOW - 3661}), "too long ago"),
            (json!({"exp": "soon"}), "cannot be read"),
            (json!({"jti": "x".repeat(256)}), "too long"),
        ] {
            let words = read(&change).unwrap_err();
            assert!(words.contains(reason), "{change}: {words}");
        }
        assert!(Assertion::read("no token", |_| true, NOW).is_err());
    }
}
