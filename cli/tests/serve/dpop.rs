//! Tokens that are bound to a key of their client (RFC 9449), as Okta gives them.

use serde_json::json;

use crate::connection::{Answer, Connection};
use crate::server::Server;
use crate::signer::{BY_ASSERTION, Holder, ID, holders, now, post, refused, token};
use crate::tokens::serve_clients;

const IDPS: &str = "/api/v1/idps";

/// A request for a token by one holder, with a proof of another.
fn ask(server: &Server, by: &Holder, proof: Option<&str>) -> Answer {
    let assertion = by.assertion(&url(server, "/oauth2/v1/token"), &json!({}));
    let headers: Vec<_> = proof.iter().map(|proof| ("dpop", *proof)).collect();
    post(server, "/oauth2/v1/token", &headers, &format!("{BY_ASSERTION}{assertion}"))
}

fn url(server: &Server, path: &str) -> String {
    format!("http://{}{path}", server.address)
}

fn proof(server: &Server, holder: &Holder, nonce: Option<&str>) -> String {
    let claims = nonce.map_or(json!({}), |nonce| json!({ "nonce": nonce }));
    holder.proof("POST", &url(server, "/oauth2/v1/token"), None, &claims)
}

fn serve(client: &Holder) -> (Server, tempfile::TempDir) {
    serve_clients(&json!([{"name": "robot", "id": ID, "key": client.jwk(), "dpop": true}]), &[])
}

/// What the API answers to a token with a proof.
fn call(server: &Server, scheme: &str, token: &str, proofs: &[&str]) -> Answer {
    let authorization = format!("{scheme} {token}");
    let mut headers = vec![("authorization", &*authorization)];
    headers.extend(proofs.iter().map(|proof| ("DPoP", *proof)));
    Connection::open(server).ask("GET", &format!("{IDPS}?limit=1"), &headers, b"")
}

#[test]
fn a_token_is_given_for_a_proof_with_a_nonce() {
    let [client, holder] = holders();
    let (server, _folder) = serve(&client);
    let without = ask(&server, &client, None);
    assert_eq!(refused(&without), (400, "invalid_dpop_proof".to_owned()));
    let first = ask(&server, &client, Some(&proof(&server, &holder, None)));
    assert_eq!(refused(&first), (400, "use_dpop_nonce".to_owned()));
    let nonce = first.headers["dpop-nonce"].clone();
    let wrong = ask(&server, &client, Some(&proof(&server, &holder, Some("other"))));
    assert_eq!((refused(&wrong).1, &wrong.headers["dpop-nonce"]), ("use_dpop_nonce".to_owned(), &nonce));
    let good = proof(&server, &holder, Some(&nonce));
    let answer = ask(&server, &client, Some(&good));
    assert_eq!(answer.json()["token_type"], "DPoP");
    token(&answer);
    assert_eq!(refused(&ask(&server, &client, Some(&good))), (400, "invalid_dpop_proof".to_owned()), "used");
    let elsewhere = holder.proof("POST", &url(&server, "/oauth/v2/token"), None, &json!({ "nonce": nonce }));
    assert_eq!(refused(&ask(&server, &client, Some(&elsewhere))).1, "invalid_dpop_proof");
    let stranger = ask(&server, &holder, Some(&proof(&server, &holder, Some(&nonce))));
    assert_eq!(refused(&stranger), (401, "invalid_client".to_owned()));
}

#[test]
fn a_bound_token_needs_a_proof_each_time() {
    let [client, holder] = holders();
    let (server, _folder) = serve(&client);
    let nonce = ask(&server, &client, Some(&proof(&server, &holder, None))).headers["dpop-nonce"].clone();
    let token = token(&ask(&server, &client, Some(&proof(&server, &holder, Some(&nonce)))));
    let with = |by: &Holder, change| by.proof("GET", &url(&server, IDPS), Some(&token), &change);
    let good = with(&holder, json!({}));
    assert_eq!(call(&server, "DPoP", &token, &[&good]).status, 200);

    for (proofs, error, words) in [
        (vec![&*good], "invalid_dpop_proof", "already been used"),
        (vec![], "invalid_dpop_proof", "missing"),
        (vec![&*with(&holder, json!({})), &with(&holder, json!({}))], "invalid_dpop_proof", "missing"),
        (vec![&*with(&client, json!({}))], "invalid_token", "bound"),
        (vec![&*with(&holder, json!({"htm": "POST"}))], "invalid_dpop_proof", "'htm'"),
        (vec![&*with(&holder, json!({"htu": url(&server, "/api/v1/apps")}))], "invalid_dpop_proof", "'htu'"),
        (vec![&*with(&holder, json!({"ath": "AAAA"}))], "invalid_dpop_proof", "'ath'"),
        (vec![&*with(&holder, json!({"iat": now() - 1000}))], "invalid_dpop_proof", "'iat'"),
    ] {
        let answer = call(&server, "DPoP", &token, &proofs);
        let challenge = answer.headers.get("www-authenticate").cloned().unwrap_or_default();
        assert_eq!((answer.status, &answer.json()["errorCode"]), (401, &json!("E0000011")), "{words}");
        let names = format!("error=\"{error}\"");
        assert!(
            challenge.starts_with("DPoP ") && challenge.contains(&names) && challenge.contains(words),
            "{challenge}"
        );
    }
    let bearer = call(&server, "Bearer", &token, &[&with(&holder, json!({}))]);
    assert_eq!(bearer.status, 401, "a bound token is good for nobody else");
}
