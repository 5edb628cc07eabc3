//! What goes wrong, in whole answers.

use std::time::Duration;

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use serde_json::{Value, json};

use super::{Body, ask, builder, certificate, document, federation, metadata, send, store};

/// The answer to a call on a store with one provider.
fn refusal(call: &str, body: Value) -> Value {
    let store = store();
    let new = json!({"name": "Partner", "alias": "partner", "metadata": metadata("urn:partner", vec![certificate()])});
    assert_eq!(ask(&store, "POST /v1/providers", new).0, 201);
    let last = store.service().last_change().unwrap();
    let (status, answer) = ask(&store, call, body);
    assert_eq!(answer["status"], status, "{answer}");
    assert_eq!(store.service().last_change().unwrap(), last);
    answer
}

fn problem(name: &str, status: u16, title: &str, detail: &str) -> Value {
    json!({"type": format!("urn:idpstore:problem:{name}"), "title": title, "status": status, "detail": detail})
}

fn invalid(violations: &[(&str, &str)]) -> Value {
    let detail: Vec<_> = violations.iter().map(|(at, reason)| format!("`{at}` {reason}")).collect();
    let mut problem = problem("invalid", 422, "the content is not acceptable", &detail.join("; "));
    let violation = |(at, reason): &(&str, &str)| json!({"pointer": at, "reason": reason});
    problem["violations"] = violations.iter().map(violation).collect();
    problem
}

#[test]
fn what_is_missing_is_named() {
    let missing = |what: &str| problem("not-found", 404, "the record does not exist", &format!("no {what}"));
    for (call, what) in [
        ("GET /v1/providers/nothing", "identity provider `nothing`"),
        ("GET /v1/providers/7", "identity provider `7`"),
        ("DELETE /v1/providers/nothing", "identity provider `nothing`"),
        ("GET /v1/providers?tenant=7", "tenant `7`"),
        ("GET /v1/tenants/7", "tenant `7`"),
        ("GET /v1/tenants/nothing", "tenant `nothing`"),
        ("GET /v1/applications/nothing", "application `nothing`"),
        ("GET /v1/applications/7", "application `7`"),
        ("GET /v1/keys/nothing", "record `nothing`"),
        ("GET /v1/keys/nothing/references", "record `nothing`"),
        ("GET /v1/records/nothing", "record `nothing`"),
        ("GET /v1/records/7/history", "record `7`"),
        ("GET /v1/owners/nothing/rotation", "identity provider `nothing`"),
        ("GET /v1/owners/nothing/jwks.json", "identity provider `nothing`"),
        ("DELETE /v1/owners/partner/requests/nothing", "certification request `nothing`"),
        ("DELETE /v1/providers/partner/trusted-keys/nothing", "trusted key `nothing`"),
        ("POST /v1/changes/nothing/undo", "change `nothing`"),
    ] {
        assert_eq!(refusal(call, Value::Null), missing(what), "{call}");
    }
}

#[test]
fn a_certificate_is_dropped_at_one_time() {
    let path = "/v1/providers/partner/trusted-keys/nothing?when_expired=true&at=2031-01-01T00:00:00Z";
    let refused = refusal(&format!("DELETE {path}"), Value::Null);
    assert_eq!(refused, invalid(&[("?at", "cannot be combined with `seconds` or `when_expired`")]));
}

#[test]
fn one_of_several_partners_is_chosen_by_its_entity_id() {
    let store = store();
    let new = json!({"name": "B", "alias": "b", "metadata": federation(), "entity_id": "urn:b"});
    assert_eq!(ask(&store, "POST /v1/providers", new).1["provider"]["protocol"]["entity_id"], "urn:b");
    let (status, again) = ask(&store, "POST /v1/providers/b/metadata", json!({"metadata": federation()}));
    assert_eq!((status, &again["provider"]["protocol"]["entity_id"]), (200, &json!("urn:b")));
    assert_eq!(again["warnings"], json!(["the metadata is not signed"]));
}

/// What an issuer publishes.
fn discovery() -> Value {
    let at = |path: &str| format!("https://op.example/{path}");
    json!({"issuer": "https://op.example", "authorization_endpoint": at("authorize"), "jwks_uri": at("keys")})
}

#[test]
fn what_is_wrong_is_named_at_its_place() {
    let xml = metadata("urn:partner", vec![]);
    for (call, body, violations) in [
        ("POST /v1/tenants", json!({}), &[("/name", "is missing")][..]),
        ("POST /v1/tenants", json!({"name": null}), &[("/name", "is missing")]),
        ("POST /v1/tenants", json!({"name": ""}), &[("/name", "is empty")]),
        ("POST /v1/tenants", json!({"name": 7}), &[("/name", "is not of type string")]),
        (
            "POST /v1/providers",
            json!({"name": "", "alias": 7, "nmae": "x"}),
            &[
                ("/nmae", "is no member of this document"),
                ("/name", "is empty"),
                ("/alias", "is not of type string"),
                ("/metadata", "is missing"),
            ],
        ),
        (
            "POST /v1/providers",
            json!({"name": "x", "alias": "partner", "metadata": xml}),
            &[("/alias", "is taken by `1887436800000000000`")],
        ),
        (
            "POST /v1/providers",
            json!({"name": "x", "metadata": federation()}),
            &[("/metadata", "describes 2 identity providers: choose one by its entity id")],
        ),
        ("POST /v1/oidc-providers", json!({"name": "x"}), &[("/discovery", "is missing")]),
        (
            "POST /v1/oidc-providers",
            json!({"discovery": "{}", "keys": [], "client_secret": 7}),
            &[
                ("/discovery", "is not of type object"),
                ("/keys", "is not of type object"),
                ("/client_secret", "is not of type string"),
            ],
        ),
        (
            "POST /v1/oidc-providers",
            json!({"discovery": {"issuer": "https://op.example"}}),
            &[("/discovery", "is missing")],
        ),
        (
            "POST /v1/oidc-providers",
            json!({"alias": "partner", "discovery": discovery()}),
            &[("/alias", "is taken by `1887436800000000000`")],
        ),
        (
            "POST /v1/oidc-providers",
            json!({"discovery": discovery(), "source": "https://elsewhere.example"}),
            &[("/discovery", "does not publish at this URL: `https://op.example`")],
        ),
        (
            "POST /v1/aggregates",
            json!({"metadata": federation().replace("urn:b", "urn:a")}),
            &[("/metadata", "is that of two entities: `urn:a`")],
        ),
        ("POST /v1/providers/partner/copies", json!({"to_tenant": "x"}), &[("/to_tenant", "is no id")]),
        (
            "POST /v1/providers/partner/trusted-keys",
            json!({"certificate": "nonsense"}),
            &[("/certificate", "is not a readable certificate")],
        ),
        (
            "POST /v1/rotation/prepare",
            json!({"owners": "partner", "years": 0, "key": "RSA-1"}),
            &[("/owners", "is not of type list of strings"), ("/years", "is not within 1 to 100")],
        ),
        (
            "POST /v1/rotation/prepare",
            json!({"owners": ["partner"], "key": "RSA-1"}),
            &[("/key", "is no kind of key, such as RSA-2048 or EC-P-256")],
        ),
        (
            "POST /v1/owners/partner/requests",
            json!({"subject": {"CN": "x", "XY": "y"}}),
            &[("/subject", "has a member that is not one of C, ST, L, O, OU, CN, emailAddress")],
        ),
        ("GET /v1/providers?limit=0", Value::Null, &[("?limit", "is not within 1 to 1000")]),
        ("GET /v1/providers?limit=x", Value::Null, &[("?limit", "is not of type non-negative integer")]),
        ("GET /v1/providers?limit=1&limit=1", Value::Null, &[("?limit", "is there twice")]),
        ("GET /v1/providers?tenant=x", Value::Null, &[("?tenant", "is no id")]),
        ("GET /v1/keys?weak=1", Value::Null, &[("?weak", "is not of type boolean")]),
        ("GET /v1/expiring", Value::Null, &[("?before", "is missing")]),
        (
            "GET /v1/expiring?before=soon",
            Value::Null,
            &[("?before", "is not of type time in UTC (RFC 3339)")],
        ),
        (
            "POST /v1/import",
            json!({"providers": [{"name": 7}]}),
            &[("/providers/0/name", "cannot be read: expected a string")],
        ),
    ] {
        assert_eq!(refusal(call, body), invalid(violations), "{call}");
    }
}

#[test]
fn the_detail_says_what_the_place_alone_does_not() {
    let body = json!({"metadata": metadata("urn:other", vec![])});
    let mut wanted = invalid(&[("/metadata", "cannot be changed")]);
    wanted["detail"] = json!("`/metadata` cannot be changed: the metadata is that of `urn:other`");
    assert_eq!(refusal("POST /v1/providers/partner/metadata", body), wanted);
}

#[test]
fn places_are_those_of_a_file_if_one_is_sent() {
    let store = store();
    let file = |call: &str, media_type, text: &str| {
        let answer = send(&store, call, &Body::File(media_type, text.into()), None);
        (answer.status().as_u16(), document(&answer)["violations"].clone())
    };
    let xml = metadata("urn:partner", vec![]);
    assert_eq!(file("POST /v1/providers?name=x&alias=x", "text/xml", &xml).0, 201);
    let taken = json!([{"pointer": "?alias", "reason": "is taken by `1887436800000000000`"}]);
    assert_eq!(file("POST /v1/providers?name=y&alias=x", "text/xml", &xml), (422, taken));
    let twice = json!([{"pointer": "?name", "reason": "is there twice"}]);
    assert_eq!(file("POST /v1/providers?name=y&name=z", "text/xml", &xml), (422, twice));
    let unreadable = json!([{"pointer": "", "reason": "is not a readable certificate"}]);
    assert_eq!(
        file("POST /v1/providers/x/trusted-keys", "application/pkix-cert", "nonsense"),
        (422, unreadable)
    );
}

#[test]
fn all_else_has_its_status_and_type() {
    let conflict = "the state does not allow it";
    for (call, body, wanted) in [
        (
            "GET /v1/providers?after=x",
            Value::Null,
            problem("bad-cursor", 400, "the place in the list cannot be read", "unreadable paging cursor"),
        ),
        ("GET /v1/nothing", Value::Null, problem("no-route", 404, "no such path", "no such path")),
        (
            "PUT /v1/providers",
            Value::Null,
            problem("method-not-allowed", 405, "method not allowed", "method not allowed"),
        ),
        (
            "POST /v1/rotation/prepare",
            json!({"owners": []}),
            problem("wrong-state", 409, conflict, "the state does not allow it: no owner is named"),
        ),
        (
            "POST /v1/oidc-providers",
            json!({"discovery": {}}),
            problem(
                "malformed",
                400,
                "the body cannot be read",
                "malformed body: the provider metadata cannot be used: it has no `issuer`",
            ),
        ),
        (
            "POST /v1/oidc-providers",
            json!({"discovery": discovery(), "keys": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}),
            problem(
                "malformed",
                400,
                "the body cannot be read",
                "malformed body: the key set cannot be used: key 1 contains private members",
            ),
        ),
        (
            "POST /v1/providers/partner/discovery",
            json!({"discovery": discovery()}),
            problem(
                "unsupported",
                422,
                "not supported",
                "not supported: the provider does not speak OpenID Connect",
            ),
        ),
        (
            "POST /v1/providers/partner/copies",
            json!({"to_tenant": "7"}),
            problem("not-found", 404, "the record does not exist", "no tenant `7`"),
        ),
        (
            "GET /v1/owners/tenant/metadata.xml",
            Value::Null,
            problem("unsupported", 422, "not supported", "not supported: a tenant does not speak SAML"),
        ),
        (
            "POST /v1/import",
            json!({"version": 99}),
            problem(
                "too-new",
                422,
                "written by a newer version of idpstore",
                "written by a newer version of idpstore: the document has version 99, and 1 is known",
            ),
        ),
    ] {
        assert_eq!(refusal(call, body), wanted, "{call}");
    }
}

#[test]
fn bodies_are_held_to_their_media_type_and_size() {
    let store = builder().0.body_limit(100).open().unwrap();
    let refused = |body: Body| {
        let answer = send(&store, "POST /v1/tenants", &body, None);
        (answer.status().as_u16(), document(&answer)["type"].as_str().unwrap().to_owned())
    };
    let of = |name: &str| format!("urn:idpstore:problem:{name}");
    assert_eq!(refused(Body::None), (415, of("unsupported-media-type")));
    assert_eq!(refused(Body::File("text/xml", b"<a/>".to_vec())), (415, of("unsupported-media-type")));
    assert_eq!(refused(Body::File("application/json", b"{".to_vec())), (400, of("malformed")));
    assert_eq!(refused(Body::File("application/json", b"[]".to_vec())), (400, of("malformed")));
    assert_eq!(refused(Body::Json(json!({"name": "x".repeat(100)}))), (413, of("too-large")));
    assert_eq!(store.service().last_change().unwrap(), 0);
}

#[test]
fn what_is_new_is_where_the_answer_says() {
    let store = store();
    let made = |call: &str, body: Value| {
        let answer = send(&store, call, &Body::Json(body), None);
        let location =
            answer.headers()[LOCATION].to_str().unwrap().strip_prefix("/_idpstore").unwrap().to_owned();
        (location, document(&answer))
    };
    let found = |location: &str| ask(&store, &format!("GET {location}"), Value::Null);
    let (location, acme) = made("POST /v1/tenants", json!({"name": "Acme"}));
    assert_eq!(found(&location), (200, acme.clone()));
    let acme = acme["id"].as_str().unwrap();
    let xml = json!({"alias": "partner", "metadata": metadata("urn:partner", vec![])});
    let issuer = json!({"discovery": discovery()});
    for (call, body) in [
        ("POST /v1/providers".to_owned(), xml.clone()),
        (format!("POST /v1/providers?tenant={acme}"), xml),
        (format!("POST /v1/oidc-providers?tenant={acme}"), issuer),
        ("POST /v1/providers/partner/copies".to_owned(), json!({"to_tenant": "1"})),
        (format!("POST /v1/providers/partner/copies?tenant={acme}"), json!({"to_tenant": acme})),
    ] {
        let (location, answer) = made(&call, body);
        assert_eq!(found(&location), (200, answer["provider"].clone()), "{call}");
    }
    let request = json!({"subject": {"CN": "x"}, "key": "EC-P-256"});
    let (location, request) = made(&format!("POST /v1/owners/partner/requests?tenant={acme}"), request);
    assert_eq!(found(&location), (200, request));
    assert_eq!(ask(&store, &format!("DELETE {location}"), Value::Null).0, 204);
    let plan = send(&store, "POST /v1/tenants?plan=true", &Body::Json(json!({"name": "x"})), None);
    assert_eq!(plan.headers().get(LOCATION), None);
}

#[test]
fn answers_have_the_headers_that_clients_look_for() {
    let (builder, clock) = builder();
    let store = builder.rate_limit(2, Duration::from_secs(60)).open().unwrap();
    let found = send(&store, "HEAD /v1/providers", &Body::None, None);
    assert_eq!((found.headers()[CONTENT_TYPE].as_bytes(), found.body().len()), (&b"application/json"[..], 0));
    assert_eq!(found.headers()[CACHE_CONTROL], "no-store");
    let other = send(&store, "PATCH /v1/providers/x", &Body::None, None);
    assert_eq!((other.status().as_u16(), &other.headers()[ALLOW]), (405, &"GET, DELETE".parse().unwrap()));
    assert_eq!(other.headers()[CONTENT_TYPE], "application/problem+json");
    clock.advance(20);
    let limited = send(&store, "GET /v1/providers", &Body::None, None);
    assert_eq!((limited.status().as_u16(), &limited.headers()[RETRY_AFTER]), (429, &"40".parse().unwrap()));
    assert_eq!(send(&store, "GET /health", &Body::None, None).status().as_u16(), 200, "it does not count");
}
