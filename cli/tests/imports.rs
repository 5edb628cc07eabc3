//! What partners publish, taken in from files and from a server on loopback, and read again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// The exit code, what was printed, and what was printed to stderr.
fn run(file: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
    let output = command.args(arguments).arg("--db").arg(file).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn prints(file: &Path, arguments: &[&str]) -> String {
    let (code, printed, error) = run(file, arguments);
    assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}");
    printed
}

fn json_of(file: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&prints(file, &[arguments, &["--json"]].concat())).unwrap()
}

fn empty() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    (folder, file)
}

/// A server that answers at each path with a body of some version, and notes which versions clients knew.
#[derive(Clone)]
struct Partner {
    base: String,
    documents: Arc<Mutex<BTreeMap<String, (String, String)>>>,
    known: Arc<Mutex<Vec<String>>>,
}

impl Partner {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let partner = Self { base, documents: Arc::default(), known: Arc::default() };
        let server = partner.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut stream = BufReader::new(stream);
                let mut lines = Vec::new();
                let mut line = String::new();
                while stream.read_line(&mut line).is_ok_and(|length| length > 2) {
                    lines.push(std::mem::take(&mut line));
                }
                let answer = server.answer(&lines);
                let _ = stream.get_mut().write_all(answer.as_bytes());
            }
        });
        partner
    }

    fn publish(&self, path: &str, body: &str, version: &str) -> String {
        let document = (body.to_owned(), format!("\"{version}\""));
        self.documents.lock().unwrap().insert(path.to_owned(), document);
        format!("{}{path}", self.base)
    }

    fn answer(&self, request: &[String]) -> String {
        let path = request[0].split(' ').nth(1).unwrap();
        let known = request
            .iter()
            .find_map(|line| line.to_lowercase().strip_prefix("if-none-match: ").map(str::to_owned));
        let known = known.map(|known| known.trim().to_owned());
        self.known.lock().unwrap().extend(known.clone());
        let head = |status: &str, length: usize, more: &str| {
            format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{more}\r\n")
        };
        match self.documents.lock().unwrap().get(path) {
            None => head("404 Not Found", 0, ""),
            Some((_, etag)) if known.as_ref() == Some(etag) => head("304 Not Modified", 0, ""),
            Some((body, etag)) => head("200 OK", body.len(), &format!("etag: {etag}\r\n")) + body,
        }
    }
}

/// Metadata of an identity provider that lists the certificate of RFC 7517, appendix B.
fn entity(id: &str, more: &str) -> String {
    let jwk: Value = serde_json::from_str(include_str!("../../tests/vectors/rfc7517-b.json")).unwrap();
    let certificate = jwk["x5c"][0].as_str().unwrap();
    format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{id}\"><IDPSSODescriptor>\
         <KeyDescriptor><KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo>\
         </KeyDescriptor><SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         Location=\"https://idp.example.com/sso\"/></IDPSSODescriptor>{more}</EntityDescriptor>"
    )
}

fn aggregate(entities: &[&str]) -> String {
    let service_provider = "<EntityDescriptor entityID=\"urn:sp\"><SPSSODescriptor/></EntityDescriptor>";
    let entities: String = entities.iter().map(|id| entity(id, "")).collect();
    format!(
        "<EntitiesDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">{entities}{service_provider}</EntitiesDescriptor>"
    )
}

#[test]
fn a_provider_follows_the_url_that_it_came_from() {
    let ((_folder, file), partner) = (empty(), Partner::start());
    let url = partner.publish("/metadata", &entity("urn:p", ""), "1");
    let (code, id, warnings) = run(&file, &["create", "saml", "Partner", "--alias", "p", "--metadata", &url]);
    let expected =
        format!("! the metadata is not signed\n! the document was fetched from `{url}` without TLS\n");
    assert_eq!((code, warnings), (0, expected));
    let id = id.trim();
    let source = || json_of(&file, &["show", id])["record"]["source"].clone();
    assert_eq!((source()["url"].as_str(), source()["etag"].as_str()), (Some(url.as_str()), Some("\"1\"")));

    let unchanged =
        format!("OUTCOME    PROVIDER             NAME     URL\nunchanged  {id}  Partner  {url}\n");
    assert_eq!(prints(&file, &["metadata", "refresh"]), unchanged);
    assert_eq!(*partner.known.lock().unwrap(), ["\"1\""]);

    let organization = entity("urn:p", "<Organization/>")
        .replace("/sso", "/new")
        .replace("<KeyDescriptor>", "<NameIDFormat>urn:f</NameIDFormat><KeyDescriptor>");
    partner.publish("/metadata", &organization, "2");
    let planned = prints(&file, &["metadata", "refresh", "--dry-run"]);
    let kid = json_of(&file, &["show", id])["record"]["trusted_keys"][0].as_str().unwrap().to_owned();
    let expected = format!(
        "OUTCOME  PROVIDER             NAME     URL\n\
         changed  {id}  Partner  {url}\n\
         \n\
         Partner:\n\
         ~ providers {id} /updated /protocol/single_sign_on/location /protocol/name_id_format /source/etag /source/read\n\
         \x20 okta shows {id} differently: /protocol/endpoints/sso/url /protocol/settings/nameFormat\n\
         \x20 pingone shows {id} differently: /updatedAt /ssoEndpoint\n\
         \x20 zitadel shows {id} differently: /details/changeDate /config/saml/metadataXml\n\
         ! the metadata is not signed\n\
         ! the document was fetched from `{url}` without TLS\n\
         ! these parts of the metadata are not kept: `Organization`\n\
         CERTIFICATE  KID                                   ENDS                                ALSO TRUSTED BY\n\
         kept         {kid}  2018-08-14T22:29:15.000Z (expired)\n"
    );
    // Okta's times have whole seconds.
    assert_eq!(planned.replace("/lastUpdated ", ""), expected);
    assert_eq!(source()["etag"], "\"1\"", "a dry run changes nothing");
    let refreshed = json_of(&file, &["metadata", "refresh"]);
    let outcome = |it: &Value| {
        (it["outcome"].clone(), it.pointer("/plan/answer/certificates/0/outcome").unwrap().clone())
    };
    assert_eq!(outcome(&refreshed[0]), (json!("changed"), json!("kept")));
    assert_eq!(source()["etag"], "\"2\"");

    let changed = entity("urn:q", "");
    let applied = |arguments: &[&str]| {
        run(
            &file,
            &[&["metadata", "apply", "p", &partner.publish("/moved", &changed, "3")], arguments].concat(),
        )
    };
    let (code, _, error) = applied(&[]);
    assert_eq!(code, 1);
    assert!(error.ends_with("the body cannot be changed: the metadata is that of `urn:q`\n"), "{error}");
    assert_eq!(applied(&["--change-entity-id"]).0, 0);
    assert_eq!(source()["url"].as_str(), Some(format!("{}/moved", partner.base).as_str()));
}

#[test]
fn what_cannot_be_refreshed_is_named_and_the_rest_is_refreshed() {
    let ((_folder, file), partner) = (empty(), Partner::start());
    let make = |name: &str, path: &str| {
        let url = partner.publish(path, &entity("urn:p", ""), "1");
        let (code, id, error) = run(&file, &["create", "saml", name, "--metadata", &url]);
        assert_eq!(code, 0, "{error}");
        id.trim().to_owned()
    };
    let (first, second) = (make("Broken", "/a"), make("Good", "/b"));
    partner.publish("/a", "no metadata", "2");
    partner.publish("/b", &entity("urn:p", "").replace("/sso", "/new"), "2");
    let (code, printed, error) = run(&file, &["metadata", "refresh", "--json"]);
    assert_eq!((code, error.as_str()), (1, "idpstore: 1 of 2 providers could not be refreshed\n"));
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let url = format!("{}/a", partner.base);
    let reason = printed[0]["reason"].clone();
    assert!(reason.as_str().unwrap().starts_with("malformed body: the metadata cannot be used"), "{reason}");
    let failed = json!({"provider": first, "name": "Broken", "url": url, "outcome": "failed", "plan": null, "reason": reason});
    assert_eq!(printed[0], failed);
    assert_eq!((&printed[1]["outcome"], &printed[1]["provider"]), (&json!("changed"), &json!(second)));

    partner.documents.lock().unwrap().remove("/a");
    let (code, printed, _) = run(&file, &["metadata", "refresh"]);
    let why = format!("\nBroken:\n! not supported: cannot fetch `{url}`: the status is 404\n");
    assert!(code == 1 && printed.ends_with(&why), "{printed}");
    for (url, why) in [
        ("http://10.0.0.1/metadata", "host not found"),
        ("http://169.254.169.254/latest", "host not found"),
        (url.as_str(), "the status is 404"),
    ] {
        let (code, printed, error) = run(&file, &["create", "saml", "X", "--metadata", url]);
        assert_eq!((code, printed.as_str(), error.lines().count()), (1, "", 1));
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_federation_becomes_providers() {
    let ((folder, file), partner) = (empty(), Partner::start());
    let path = folder.path().join("federation.xml");
    let text = path.to_str().unwrap();
    std::fs::write(&path, aggregate(&["urn:a", "urn:b"])).unwrap();
    let (code, printed, error) = run(&file, &["create", "saml", "X", "--metadata", text]);
    let ambiguous = format!(
        "idpstore: cannot create a provider in `{}`: the body describes 2 identity providers: choose one by its entity id\n",
        file.display()
    );
    assert_eq!((code, printed, error), (1, String::new(), ambiguous));
    assert!(!file.exists());
    let (code, one, _) = run(&file, &["create", "saml", "--metadata", text, "--entity-id", "urn:b"]);
    assert_eq!(code, 0);
    assert_eq!(json_of(&file, &["show", one.trim()])["record"]["name"], "urn:b");

    std::fs::write(&path, aggregate(&["urn:a", "urn:b", "urn:c"])).unwrap();
    let (code, printed, warnings) = run(&file, &["create", "saml", "--metadata", text, "--all"]);
    let ids: Vec<_> = printed.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();
    let expected = format!(
        "ID                   ENTITY ID\n{}  urn:a\n{}  urn:c\n= already there: 1\n\
         = no identity providers: 1\n",
        ids[0], ids[1]
    );
    assert_eq!(
        (code, printed.as_str(), warnings.as_str()),
        (0, expected.as_str(), "! the metadata is not signed (2 providers)\n")
    );
    let again = json_of(&file, &["create", "saml", "--metadata", text, "--all"]);
    assert_eq!((again["created"].clone(), again["known"].as_array().unwrap().len()), (json!([]), 3));
    let plan = json_of(&file, &["metadata", "plan", ids[0], text]);
    assert_eq!(plan["answer"]["certificates"][0]["trusted_by"], json!(["urn:b", "urn:c"]));
    let (code, _, error) = run(&file, &["metadata", "plan", ids[0], text, "--entity-id", "urn:missing"]);
    assert!(code == 1 && error.contains("it does not describe the entity `urn:missing`"), "{error}");
    assert_eq!(run(&file, &["create", "saml", "X", "--metadata", text, "--all"]).0, 2);

    let url = partner.publish("/federation", &aggregate(&["urn:d", "urn:e"]), "1");
    let made = json_of(&file, &["create", "saml", "--metadata", &url, "--all"]);
    assert_eq!(made["created"].as_array().unwrap().len(), 2);
    partner.publish("/federation", &aggregate(&["urn:d"]), "2");
    let (code, printed, _) = run(&file, &["metadata", "refresh", "--json"]);
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(
        (code, &printed[0]["outcome"], &printed[1]["outcome"]),
        (1, &json!("unchanged"), &json!("failed"))
    );
}

#[test]
fn discovery_is_taken_in_with_its_keys() {
    let ((folder, file), partner) = (empty(), Partner::start());
    let keys: Value = serde_json::from_str(include_str!("../../tests/vectors/rfc7517-a1.json")).unwrap();
    partner.publish("/keys", &keys.to_string(), "1");
    let at = |path: &str| format!("{}{path}", partner.base);
    let document = json!({
        "issuer": partner.base,
        "authorization_endpoint": at("/authorize"),
        "jwks_uri": at("/keys"),
        "claims_supported": [],
    });
    let url = partner.publish("/.well-known/openid-configuration", &document.to_string(), "1");
    let made = json_of(
        &file,
        &["create", "oidc", "Partner", "--alias", "p", "--client-id", "us", "--discovery", &url],
    );
    let id = made["provider"]["id"].as_str().unwrap();
    let record = json_of(&file, &["show", id])["record"].clone();
    assert_eq!(
        record["protocol"],
        json!({
            "type": "open_id_connect", "issuer": partner.base, "authorization_endpoint": at("/authorize"),
            "jwks_uri": at("/keys"), "client": {"id": "us"},
        })
    );
    assert_eq!(record["source"]["url"], url.as_str());
    let key = json!({
        "kid": "2011-04-29", "thumbprint": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "kty": "RSA", "bits": 2048,
        "use": null, "alg": "RS256", "findings": [],
    });
    assert_eq!(made["keys"][1], key);
    assert_eq!(made["warnings"][3], "these members of the document are not kept: `claims_supported`");

    let path = folder.path().join("discovery.json");
    let moved = document.to_string().replace("/authorize", "/login");
    std::fs::write(&path, &moved).unwrap();
    let plan = prints(&file, &["metadata", "plan", "p", path.to_str().unwrap()]);
    let lines: Vec<_> = plan.lines().filter(|line| !line.starts_with(' ')).collect();
    let expected = [
        format!("~ providers {id} /source /updated /protocol/authorization_endpoint"),
        "! the `authorization_endpoint` is reached without TLS".to_owned(),
        "! the `jwks_uri` is reached without TLS".to_owned(),
        "! these members of the document are not kept: `claims_supported`".to_owned(),
        "! the keys at the `jwks_uri` were not read".to_owned(),
        format!("! the provider is no longer refreshed from `{url}`"),
    ];
    assert_eq!(lines, expected);

    partner.publish("/.well-known/openid-configuration", &moved, "2");
    assert_eq!(json_of(&file, &["metadata", "refresh"])[0]["plan"]["answer"]["keys"][1], key);
    let secret = json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]});
    partner.publish("/keys", &secret.to_string(), "2");
    let (code, printed, error) = run(&file, &["metadata", "apply", "p", &url]);
    assert_eq!((code, printed.as_str()), (1, ""));
    assert!(error.ends_with("the key set cannot be used: key 1 contains private members\n"), "{error}");
}
