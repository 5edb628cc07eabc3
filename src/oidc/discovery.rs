//! Provider metadata (OpenID Connect Discovery 1.0, section 3).

use serde_json::{Map, Value};

use super::KeySet;
use crate::error::{Error, ErrorKind, Result};

/// How many bytes a document has at most.
pub(super) const BYTES: usize = 1 << 20;

/// What an OpenID provider publishes of itself.
///
/// ```
/// use idpstore::oidc::ProviderMetadata;
///
/// let document = br#"{"issuer": "https://op.example.com", "jwks_uri": "https://op.example.com/jwks", "claims_supported": []}"#;
/// let metadata = ProviderMetadata::read(document)?;
/// assert_eq!(metadata.jwks_uri.as_deref(), Some("https://op.example.com/jwks"));
/// assert_eq!(metadata.unread().collect::<Vec<_>>(), ["claims_supported"]);
/// assert!(metadata.is_found_at("https://op.example.com/.well-known/openid-configuration"));
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProviderMetadata {
    /// `issuer`
    pub issuer: String,
    /// `authorization_endpoint`
    pub authorization_endpoint: Option<String>,
    /// `token_endpoint`
    pub token_endpoint: Option<String>,
    /// `userinfo_endpoint`
    pub userinfo_endpoint: Option<String>,
    /// `jwks_uri`
    pub jwks_uri: Option<String>,
    /// All members, as they were received.
    pub members: Map<String, Value>,
    /// The keys at the `jwks_uri`, if they were read.
    pub keys: Option<KeySet>,
}

const ISSUER: &str = "issuer";
const ENDPOINTS: [&str; 4] = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"];

impl ProviderMetadata {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] if it is too large or no JSON object, has no issuer, or one of the members that are read is no
    /// text.
    pub fn read(document: &[u8]) -> Result<Self> {
        let members = object(document).map_err(|why| unusable(&why))?;
        let text = |name: &str| match members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(unusable(&format!("its `{name}` is no text"))),
        };
        let [authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri] = ENDPOINTS.map(text);
        Ok(Self {
            issuer: text(ISSUER)?.ok_or_else(|| unusable("it has no `issuer`"))?,
            authorization_endpoint: authorization_endpoint?,
            token_endpoint: token_endpoint?,
            userinfo_endpoint: userinfo_endpoint?,
            jwks_uri: jwks_uri?,
            members,
            keys: None,
        })
    }

    /// Reads a document that was found at `url`, and with `fetch` the keys to which it leads: those at an `https` URL, or at
    /// one with the same authority as `url`. A document must not send us to whatever else can be reached from here.
    ///
    /// # Errors
    ///
    /// As [`ProviderMetadata::read`] and [`KeySet::read`], and whatever `fetch` fails with.
    pub fn discover(url: &str, document: &[u8], fetch: impl FnOnce(&str) -> Result<Vec<u8>>) -> Result<Self> {
        let mut read = Self::read(document)?;
        if let Some(keys) = read.jwks_uri.as_deref().filter(|keys| leads_to(url, keys)) {
            read.keys = Some(KeySet::read(&fetch(keys)?)?);
        }
        Ok(read)
    }

    /// The endpoints that are read, by their names.
    pub fn endpoints(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        let urls =
            [&self.authorization_endpoint, &self.token_endpoint, &self.userinfo_endpoint, &self.jwks_uri];
        ENDPOINTS.into_iter().zip(urls.map(Option::as_deref))
    }

    /// The names of the members that are not read.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        let is_read = |name: &&str| *name == ISSUER || ENDPOINTS.contains(name);
        self.members.keys().map(String::as_str).filter(move |name| !is_read(name))
    }

    /// Whether the issuer publishes its metadata at this URL (OpenID Connect Discovery 1.0, section 4; RFC 8414, section 3).
    #[must_use]
    pub fn is_found_at(&self, url: &str) -> bool {
        let issuer = self.issuer.trim_end_matches('/');
        let authority_at = issuer.find("://").map_or(0, |scheme| scheme + 3);
        let path_at = issuer.get(authority_at..).and_then(|rest| rest.find('/'));
        let (origin, path) = issuer.split_at(path_at.map_or(issuer.len(), |path| authority_at + path));
        url == format!("{issuer}/.well-known/openid-configuration")
            || ["openid-configuration", "oauth-authorization-server"]
                .iter()
                .any(|name| url == format!("{origin}/.well-known/{name}{path}"))
    }
}

/// Whether a document at one URL may send us to another.
fn leads_to(from: &str, to: &str) -> bool {
    let (Ok(from), Ok(to)) = (from.parse::<http::Uri>(), to.parse::<http::Uri>()) else { return false };
    let place = |uri: &http::Uri| Some((uri.scheme()?.clone(), uri.authority()?.clone()));
    to.scheme_str() == Some("https") || place(&to).is_some_and(|to| place(&from) == Some(to))
}

/// The members of a JSON object.
pub(super) fn object(document: &[u8]) -> Result<Map<String, Value>, String> {
    if document.len() > BYTES {
        return Err("it is too large".to_owned());
    }
    let text = std::str::from_utf8(document).map_err(|cause| format!("it is not JSON: {cause}"))?;
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err("it is no JSON object".to_owned()),
        Err(cause) => Err(format!("it is not JSON: {cause}")),
    }
}

fn unusable(why: &str) -> Error {
    Error::new(ErrorKind::Malformed).context(format!("the provider metadata cannot be used: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_issuer(issuer: &str) -> ProviderMetadata {
        ProviderMetadata::read(serde_json::json!({"issuer": issuer}).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn an_issuer_publishes_at_its_own_urls() {
        for (issuer, url) in [
            ("https://op.example", "https://op.example/.well-known/openid-configuration"),
            ("https://op.example/", "https://op.example/.well-known/openid-configuration"),
            ("https://op.example/a/b", "https://op.example/a/b/.well-known/openid-configuration"),
            ("https://op.example/a", "https://op.example/.well-known/oauth-authorization-server/a"),
        ] {
            assert!(of_issuer(issuer).is_found_at(url), "{issuer}");
        }
        for (issuer, url) in [
            ("https://op.example", "https://evil.example/.well-known/openid-configuration"),
            ("https://op.example", "https://op.example/a/.well-known/openid-configuration"),
            ("https://op.example/a", "https://op.example/.well-known/openid-configuration"),
            ("", "https://op.example/.well-known/openid-configuration"),
        ] {
            assert!(!of_issuer(issuer).is_found_at(url), "{issuer}");
        }
    }

    #[test]
    fn a_document_leads_to_its_own_host_or_over_tls() {
        for (from, to, leads) in [
            ("http://127.0.0.1:80/x", "http://127.0.0.1:80/keys", true),
            ("https://op.example/x", "https://keys.example/", true),
            ("https://op.example/x", "http://127.0.0.1:8080/admin", false),
            ("https://op.example/x", "http://op.example/keys", false),
            ("http://127.0.0.1:80/x", "http://127.0.0.1:81/keys", false),
            ("https://op.example/x", "file:///etc/passwd", false),
            ("nonsense", "nonsense", false),
        ] {
            assert_eq!(leads_to(from, to), leads, "{to}");
        }
    }

    #[test]
    fn refuses_what_is_no_metadata() {
        for (document, words) in [
            ("[]", "it is no JSON object"),
            ("{", "it is not JSON"),
            ("{}", "it has no `issuer`"),
            (r#"{"issuer": 5}"#, "its `issuer` is no text"),
            (r#"{"issuer": "x", "jwks_uri": []}"#, "its `jwks_uri` is no text"),
        ] {
            let error = ProviderMetadata::read(document.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
        let large = format!(r#"{{"issuer": "{}"}}"#, "x".repeat(BYTES));
        assert!(ProviderMetadata::read(large.as_bytes()).unwrap_err().to_string().contains("too large"));
    }
}
