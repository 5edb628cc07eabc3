//! `idpstore cross` and `clone` from the outside: what they print, and how they end.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

const SEED: &str = r#"{
    "tenants": [{"id": "1900000000000000001", "name": "Acme"}],
    "providers": [
        {
            "id": "1900000000000000002", "name": "Partner", "alias": "partner", "state": "inactive",
            "protocol": {"type": "saml", "entity_id": "urn:partner", "signature_algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"}
        },
        {
            "id": "1900000000000000003", "name": "GitLab",
            "protocol": {"type": "social", "service": "git_lab", "client": {"id": "us", "secret": "hush"}}
        }
    ],
    "signing_keys": [{"kid": "ours", "owners": ["partner"]}]
}"#;

/// The exit code, and what was printed to stdout and to stderr.
fn idpstore(folder: &Path, arguments: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
    let output = command.current_dir(folder).env("IDPSTORE_DB", "idps.redb").args(arguments.split(' '));
    let output = output.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn prints(folder: &Path, arguments: &str) -> String {
    let (code, printed, error) = idpstore(folder, arguments);
    assert_eq!((code, error.as_str()), (0, ""), "{arguments}");
    printed
}

fn sample() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("seed.json"), SEED).unwrap();
    prints(folder.path(), "import seed.json");
    folder
}

#[test]
fn a_provider_crosses() {
    let folder = sample();
    let folder = folder.path();
    let expected = "\
OF       MEMBER                   WHY             DETAIL
okta     /status                  no word for it
pingone  /enabled                 no word for it
+        /nameIdFormat            by default      \"SAML_NAME_ID_FORMAT_PERSISTENT\"
+        /federatedLogoutEnabled  by default      false
";
    assert_eq!(prints(folder, "cross partner --to zitadel"), expected);

    let crossing: Value = serde_json::from_str(&prints(folder, "cross partner --to pingone --json")).unwrap();
    let shown = &crossing["shown"];
    assert_eq!((&shown["idpEntityId"], &shown["enabled"]), (&json!("urn:partner"), &json!(false)));
    let added = json!([{"member": "/authnRequestSigned", "core": "saml.requests_signed", "value": false}]);
    let expected = json!({
        "tenant": "1", "provider": "1900000000000000002", "name": "Partner", "to": "pingone",
        "shown": shown, "lost": [], "added": added,
    });
    assert_eq!(crossing, expected);
    assert!(!prints(folder, "cross 1900000000000000003 --to okta --json").contains("hush"));
}

#[test]
fn a_whole_store_crosses() {
    let folder = sample();
    let folder = folder.path();
    let expected = "\
PROVIDERS  OF       MEMBER              WHY
1          okta     the whole document  no word for it
1          zitadel  the whole document  no word for it
2 providers: 1 complete, 0 with losses, 1 not shown
";
    assert_eq!(prints(folder, "cross --to pingone"), expected);
    let report: Value = serde_json::from_str(&prints(folder, "cross --to pingone --json")).unwrap();
    let member = |of: &str| json!({"of": of, "member": "", "core": null, "why": "no_word", "providers": 1});
    assert_eq!(report["members"], json!([member("okta"), member("zitadel")]));
    let expected = "\
# What crosses to okta

| providers | complete | with losses | not shown |
|---|---|---|---|
| 1 | 0 | 1 | 0 |

## Members that do not cross

| providers | of | member | part of the core | why |
|---|---|---|---|---|
| 1 | pingone | `/spSigning/algorithm` | `saml.signature_algorithm` | another meaning |
| 1 | zitadel | `/signatureAlgorithm` | `saml.signature_algorithm` | another meaning |

## Providers

### Partner (1900000000000000002, tenant 1)

| of | member | why | detail |
|---|---|---|---|
| pingone | `/spSigning/algorithm` | another meaning | `/protocol/algorithms/request/signature/algorithm` is `SHA-256` |
| zitadel | `/signatureAlgorithm` | another meaning | `/protocol/algorithms/request/signature/algorithm` is `SHA-256` |
";
    assert_eq!(prints(folder, "cross partner --to okta --markdown"), expected);
}

#[test]
fn a_provider_is_copied_into_another_tenant() {
    let folder = sample();
    let folder = folder.path();
    let planned = prints(folder, "clone partner --to-tenant 1900000000000000001 --name Copy --dry-run");
    let signs: Vec<_> = planned.lines().filter(|line| line.starts_with('+')).collect();
    assert_eq!(signs.len(), 3, "{planned}");
    let id = prints(folder, "clone partner --to-tenant 1900000000000000001 --name Copy");
    let shown: Value = serde_json::from_str(&prints(folder, &format!("show {} --json", id.trim()))).unwrap();
    let record = &shown["record"];
    assert_eq!(
        (&record["name"], &record["alias"], &shown["tenant"]),
        (&json!("Copy"), &json!("partner"), &json!("1900000000000000001"))
    );
    let (code, printed, error) = idpstore(folder, "clone partner --to-tenant 1900000000000000001");
    let taken =
        format!("idpstore: cannot copy a provider in `idps.redb`: `/alias` is taken by `{}`\n", id.trim());
    assert_eq!((code, printed, error), (1, String::new(), taken));
    let beside = prints(folder, "clone partner --to-tenant 1 --json");
    assert_eq!(serde_json::from_str::<Value>(&beside).unwrap()["tenant"], "1");
}

#[test]
fn wrong_arguments_end_with_2_and_what_is_missing_with_1() {
    let folder = sample();
    let folder = folder.path();
    for wrong in [
        "cross --to harbor",
        "cross --to okta --json --markdown",
        "cross --to okta --json --script",
        "cross partner --to okta --script",
        "cross",
        "clone partner",
    ] {
        assert_eq!(idpstore(folder, wrong).0, 2, "{wrong}");
    }
    for (missing, words) in [
        ("cross nobody --to okta", "cannot read `idps.redb`: no identity provider `nobody`"),
        ("clone partner --to-tenant 5", "cannot copy a provider in `idps.redb`: no tenant `5`"),
        ("cross --to okta --db none.redb", "cannot open `none.redb`: No such file or directory (os error 2)"),
    ] {
        assert_eq!(idpstore(folder, missing), (1, String::new(), format!("idpstore: {words}\n")));
    }
}
