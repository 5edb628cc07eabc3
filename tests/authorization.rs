//! What a host's authorizer refuses is answered in the vendor's words, and when the vendor looks at tokens.

#![cfg(all(feature = "okta", feature = "zitadel"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use idpstore::{Authorizer, ErrorKind, Grant, IdpStore, Request, Response};
use serde_json::{Value, json};

/// Lets in who presents the one token.
struct OneToken;

impl Authorizer for OneToken {
    fn authorize(&self, request: &Parts) -> idpstore::Result<Grant> {
        match request.headers.get(AUTHORIZATION) {
            Some(value) if value == "Bearer right" => Ok(Grant::full()),
            Some(value) if value == "Bearer other" => Err(ErrorKind::Forbidden.into()),
            _ => Err(ErrorKind::Unauthorized.into()),
        }
    }
}

fn ask(method: &str, path: &str, authorization: Option<&str>, body: &'static str) -> Response {
    let store = IdpStore::builder().authorizer(OneToken).open().unwrap();
    store.handle(request(method, path, authorization, body))
}

fn request(method: &str, path: &str, authorization: Option<&str>, body: &'static str) -> Request {
    let mut request = http::Request::builder().method(method).uri(path);
    request = request.header(CONTENT_TYPE, "application/json");
    if let Some(value) = authorization {
        request = request.header(AUTHORIZATION, value);
    }
    request.body(Bytes::from_static(body.as_bytes())).unwrap()
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

const READ: &str = "/admin/v1/idps/templates/1";

#[test]
fn zitadel_tells_a_missing_token_another_scheme_and_a_wrong_token_apart() {
    let detail = |id: &str, message: &str| json!([{"@type": "type.googleapis.com/zitadel.v1.ErrorDetail", "id": id, "message": message}]);
    let missing = json!({"code": 16, "message": "auth header missing"});
    let scheme = json!({
        "code": 16,
        "message": "invalid auth header (AUTH-toLo1)",
        "details": detail("AUTH-toLo1", "invalid auth header"),
    });
    let wrong = json!({
        "code": 16,
        "message": "Errors.Token.Invalid (AUTH-7fs1e)",
        "details": detail("AUTH-7fs1e", "Errors.Token.Invalid"),
    });
    for (authorization, expected) in [
        (None, &missing),
        (Some(""), &missing),
        (Some("Basic eDp5"), &scheme),
        (Some("right"), &scheme),
        (Some("Bearer wrong"), &wrong),
    ] {
        let response = ask("GET", READ, authorization, "");
        assert_eq!((response.status().as_u16(), &body(&response)), (401, expected), "{authorization:?}");
        assert_eq!(response.headers()[WWW_AUTHENTICATE], expected["message"].as_str().unwrap());
    }
    assert_eq!(body(&ask("GET", READ, Some("Bearer other"), ""))["code"], 7);
    assert_eq!(ask("GET", READ, Some("Bearer right"), "").status(), 404);
}

#[test]
fn zitadel_looks_at_route_and_json_before_the_token() {
    for (method, path, sent, status, message) in [
        ("POST", "/admin/v1/idps/nonsense/x", "", 404, "Not Found"),
        ("PATCH", READ, "", 405, "Method Not Allowed"),
        ("POST", "/admin/v1/idps/saml", "{\"name\":", 400, "unexpected EOF"),
        ("POST", "/admin/v1/idps/saml", "{}", 401, "auth header missing"),
        ("GET", READ, "{", 401, "auth header missing"),
    ] {
        let response = ask(method, path, None, sent);
        assert_eq!(response.status(), status, "{method} {path}");
        assert_eq!(body(&response)["message"], message);
    }
}

#[test]
fn zitadel_tells_it_through_connect_in_its_words() {
    let procedure = "/zitadel.idp.v2.IdentityProviderService/GetIDPByID";
    let response = ask("POST", procedure, Some("Bearer wrong"), "{\"id\":\"1\"}");
    assert_eq!(response.status(), 401);
    assert_eq!(body(&response)["code"], "unauthenticated");
    assert_eq!(body(&response)["details"][0]["debug"]["id"], "AUTH-7fs1e");
    let response = ask("POST", procedure, None, "{\"id\":1}");
    assert_eq!(
        (response.status().as_u16(), body(&response)["code"].as_str()),
        (400, Some("invalid_argument"))
    );
}

#[test]
fn zitadels_pages_for_partners_need_no_token() {
    for page in ["metadata", "certificate"] {
        let response = ask("GET", &format!("/idps/1/saml/{page}"), None, "");
        assert_eq!(response.status(), 400);
        assert_eq!(response.body()[..], b"ID=COMMAND-as02jin Message=Errors.IDPConfig.NotExisting\n"[..]);
        // The host may still close them.
        assert_eq!(ask("GET", &format!("/idps/1/saml/{page}"), Some("Bearer other"), "").status(), 403);
    }
}

#[test]
fn okta_looks_at_the_token_first() {
    for path in ["/api/v1/idps", "/api/v1/no-such-thing"] {
        let response = ask("POST", path, None, "{");
        assert_eq!(
            (response.status().as_u16(), body(&response)["errorCode"].as_str()),
            (401, Some("E0000011"))
        );
    }
}
