//! What a client sends to an endpoint for tokens: parameters and credentials (RFC 6749, sections 2.3.1 and 3.2).

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use zeroize::Zeroizing;

use super::refusal::Refusal;

/// Parameters, of which some are secrets.
pub(super) struct Form(BTreeMap<String, Zeroizing<String>>);

/// The name and the secret of a client.
pub(super) struct Credentials {
    pub(super) id: String,
    pub(super) secret: Zeroizing<String>,
}

impl Form {
    /// The parameters of a body and, if it may have some, of the query.
    pub(super) fn read(request: &Request<bytes::Bytes>, has_query: bool) -> Result<Self, Refusal> {
        let body = request.body();
        if !body.is_empty() && !is_form(request) {
            return Err(Refusal::request("the body must be `application/x-www-form-urlencoded`"));
        }
        let query = request.uri().query().filter(|_| has_query).unwrap_or_default().as_bytes();
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query).chain(form_urlencoded::parse(body)) {
            // One without a value is as good as absent (RFC 6749, section 3.2).
            let value = Zeroizing::new(value.into_owned());
            if !value.is_empty() && parameters.insert(name.into_owned(), value).is_some() {
                return Err(Refusal::request("a parameter is there twice"));
            }
        }
        Ok(Self(parameters))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.as_str())
    }

    /// The same, or that it is missing.
    pub(super) fn need(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::request(format!("the parameter `{name}` is missing")))
    }

    /// The secret of the client, from `Authorization` or from the parameters, but not from both.
    pub(super) fn credentials(
        &self,
        request: &Request<bytes::Bytes>,
    ) -> Result<Option<Credentials>, Refusal> {
        let in_body = self.get("client_secret").map(|secret| {
            let id = self.get("client_id").unwrap_or_default().to_owned();
            Credentials { id, secret: Zeroizing::new(secret.to_owned()) }
        });
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        match (header.and_then(basic), in_body) {
            (Some(_), Some(_)) => Err(Refusal::request("the client authenticates in two ways")),
            (in_header, in_body) => Ok(in_header.or(in_body)),
        }
    }
}

fn is_form(request: &Request<bytes::Bytes>) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// What `Authorization: Basic` holds. Each half is encoded as in a form (RFC 6749, section 2.3.1), which changes neither
/// ids nor the secrets that vendors make.
fn basic(header: &str) -> Option<Credentials> {
    let (scheme, encoded) = header.split_once(' ')?;
    let text = Zeroizing::new(BASE64_STANDARD.decode(encoded.trim()).ok()?);
    let (id, secret) = std::str::from_utf8(&text).ok()?.split_once(':')?;
    let is_basic = scheme.eq_ignore_ascii_case("Basic");
    is_basic.then(|| Credentials { id: unescaped(id), secret: Zeroizing::new(unescaped(secret)) })
}

fn unescaped(text: &str) -> String {
    // As a form of one value without a name: what would end the value is escaped first.
    let value = format!("={}", text.replace('&', "%26"));
    form_urlencoded::parse(value.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn request(uri: &str, authorization: &str, body: &'static str) -> Request<Bytes> {
        let request =
            Request::post(uri).header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8");
        request.header(AUTHORIZATION, authorization).body(Bytes::from_static(body.as_bytes())).unwrap()
    }

    fn pair(authorization: &str, body: &'static str) -> Result<Option<(String, String)>, String> {
        let request = request("/", authorization, body);
        let form = Form::read(&request, false).map_err(|it| it.words().to_owned())?;
        let found = form.credentials(&request).map_err(|it| it.words().to_owned())?;
        Ok(found.map(|it| (it.id, it.secret.to_string())))
    }

    #[test]
    fn credentials_are_in_one_place() {
        let ours = Ok(Some(("me".to_owned(), "a:b&c d".to_owned())));
        assert_eq!(pair("", "client_id=me&client_secret=a:b%26c+d"), ours);
        for text in ["me:a:b&c d", "me:a%3Ab%26c+d", "m%65:a:b&c%20d"] {
            assert_eq!(pair(&format!("basic {}", BASE64_STANDARD.encode(text)), ""), ours, "{text}");
        }
        let both = format!("Basic {}", BASE64_STANDARD.encode("me:s"));
        assert!(pair(&both, "client_id=me&client_secret=s").unwrap_err().contains("two ways"));
        for nothing in ["", "Basic", "Basic ?", "Bearer bWU6cw=="] {
            assert_eq!(pair(nothing, "client_id=me"), Ok(None), "{nothing}");
        }
    }

    #[test]
    fn parameters_are_there_once() {
        let read = |has_query, body| {
            let request = request("/?a=1&b=", "", body);
            Form::read(&request, has_query).map(|form| form.get("a").map(str::to_owned)).ok()
        };
        assert_eq!(read(false, "a=2"), Some(Some("2".to_owned())));
        assert_eq!(read(true, ""), Some(Some("1".to_owned())));
        assert_eq!(read(true, "a=2"), None);
        assert_eq!(read(false, "a=&a="), Some(None));
        let mut json = request("/", "", "{}");
        json.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        assert!(Form::read(&json, false).is_err());
    }
}
