//! A rotation from the command line, and what belongs to it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use idpstore::IdpStore;
use idpstore::model::{IdentityProvider, Saml};
use serde_json::{Value, json};

/// One test at a time: a process that is just being started holds the locks of all files that are open here.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

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

/// A store file of one provider, which programs call `partner`.
fn sample() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let store = IdpStore::open(&file).unwrap();
    let saml = Saml::new("https://idp.example.com").sign_on("https://idp.example.com/sso");
    store.providers().create(IdentityProvider::named("Partner", saml).alias("partner")).unwrap();
    (folder, file)
}

fn roles(file: &Path) -> Vec<(String, String)> {
    let status = json_of(file, &["rotate", "status", "partner"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    status["keys"].as_array().unwrap().iter().map(|key| (text(&key["role"]), text(&key["kid"]))).collect()
}

#[test]
fn a_key_is_rotated_step_by_step() {
    let _alone = alone();
    let (_folder, file) = sample();
    let prepare = || prints(&file, &["rotate", "prepare", "partner", "--ec"]).trim().to_owned();
    let first = prepare();
    assert_eq!(prints(&file, &["rotate", "promote", &first, "--overlap", "1d"]), format!("{first}\n"));
    let second = prepare();
    let role = |role: &str, kid: &str| (role.to_owned(), kid.to_owned());
    assert_eq!(roles(&file), [role("active", &first), role("next", &second)]);

    let plan = prints(&file, &["rotate", "promote", &second, "--dry-run"]);
    let lines: Vec<_> = plan.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("~ providers ")), "{plan}");
    assert!(lines.iter().any(|line| line.starts_with("  okta shows ")), "{plan}");
    assert!(lines.iter().any(|line| line.starts_with("! Okta shows one signing certificate")), "{plan}");
    let plan = json_of(&file, &["rotate", "promote", &second, "--dry-run"]);
    assert_eq!(plan["documents"][0]["api"], "okta");
    assert_eq!(roles(&file), [role("active", &first), role("next", &second)], "a dry run changes nothing");

    prints(&file, &["rotate", "promote", &second]);
    assert_eq!(roles(&file), [role("active", &second), role("previous", &first)]);
    let metadata = prints(&file, &["metadata", "export", "partner", "--base-url", "https://sp.example.com"]);
    assert_eq!(metadata.matches("<X509Certificate>").count(), 2);
    assert!(metadata.contains("https://sp.example.com/saml/"), "{metadata}");

    prints(&file, &["rotate", "rollback", "partner"]);
    assert_eq!(roles(&file), [role("active", &first), role("next", &second)]);
    prints(&file, &["rotate", "retire", &second]);
    assert_eq!(roles(&file), [role("active", &first), role("retired", &second)]);
    let table = prints(&file, &["rotate", "status", "partner"]);
    assert!(table.lines().nth(1).unwrap().starts_with("active"), "{table}");

    let (code, printed, error) = run(&file, &["rotate", "retire", &first, "partner"]);
    assert_eq!((code, printed.as_str(), error.lines().count()), (1, "", 1), "{error}");
    assert!(error.contains("signs with the key"), "{error}");
    let (code, _, error) = run(&file, &["rotate", "status", "nobody"]);
    assert_eq!(code, 1, "{error}");
    assert_eq!(run(&file, &["rotate", "promote", &second, "--overlap", "soon"]).0, 2);
}

#[test]
fn a_partners_certificates_are_trusted_side_by_side() {
    let _alone = alone();
    let (folder, file) = sample();
    let certificate = folder.path().join("next.pem");
    let key = prints(&file, &["rotate", "prepare", "tenant", "--ec"]).trim().to_owned();
    let store = IdpStore::open(&file).unwrap();
    let chain = store.service().signing_key(key.as_str()).unwrap().chain;
    drop(store);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", chain[0]);
    std::fs::write(&certificate, pem).unwrap();
    let kid = prints(&file, &["trust", "add", "partner", certificate.to_str().unwrap()]).trim().to_owned();
    let drop = |more: &[&str]| json_of(&file, &[&["trust", "drop", "partner", &kid], more].concat());
    let planned = drop(&["--at", "2126-03-01T00:00:00Z", "--dry-run"]);
    let words = "no certificate of the partner is trusted when the last one of them is dropped";
    assert_eq!(planned["warnings"], json!([words]));
    let planned = drop(&["--at", "2126-03-01T00:00:00Z"]);
    assert_eq!(planned, json!({"trusted": [kid], "ends": {&kid: "2126-03-01T00:00:00.000Z"}}));
    let expires = drop(&["--when-expired"])["ends"][&kid].clone();
    assert_eq!(expires, json_of(&file, &["show", &kid])["record"]["expires"]);
    assert_ne!(drop(&["--in", "14d"])["ends"][&kid], expires);
    for refused in [&["--at", "soon"][..], &["--in", "14d", "--when-expired"]] {
        assert_eq!(run(&file, &[&["trust", "drop", "partner", &kid], refused].concat()).0, 2);
    }
    let shown = prints(&file, &["trust", "add", "partner", certificate.to_str().unwrap()]);
    assert_eq!(shown.trim(), kid, "what was planned is taken back");
    let (code, _, error) = run(&file, &["trust", "drop", "partner", &kid, "--at", "2020-01-01T00:00:00Z"]);
    assert!(code == 1 && error.contains("must be in the future"), "{error}");
    let planned = drop(&["--dry-run"]);
    assert_eq!(planned["warnings"], json!([words]));
    assert_eq!(drop(&[]), json!({"trusted": [], "ends": {}}));
    assert_eq!(json_of(&file, &["show", "partner"])["what"], "provider", "by its alias");
    assert!(json_of(&file, &["history", "partner"]).as_array().unwrap().len() > 1);
    let (code, _, error) = run(&file, &["trust", "drop", "partner", &kid]);
    assert_eq!(code, 1, "{error}");
    let (code, _, error) = run(&file, &["trust", "add", "partner", "/missing.pem"]);
    assert_eq!((code, error.contains("cannot read `/missing.pem`")), (1, true), "{error}");
}

#[test]
fn a_store_is_copied_and_made_small() {
    let _alone = alone();
    let (folder, file) = sample();
    let copy = folder.path().join("copy.redb");
    prints(&file, &["backup", copy.to_str().unwrap()]);
    assert_eq!(run(&file, &["backup", copy.to_str().unwrap()]).0, 1, "no file is replaced");
    let sizes = json_of(&file, &["compact"]);
    assert!(sizes["after"].as_u64() <= sizes["before"].as_u64(), "{sizes}");
    let snapshot = |file: &Path| IdpStore::open(file).unwrap().snapshot().unwrap();
    assert_eq!(snapshot(&copy), snapshot(&file));
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&copy.metadata().unwrap().permissions()) & 0o777,
        0o600
    );
}

#[test]
fn a_provider_is_made_and_kept_up_to_date_from_metadata() {
    let _alone = alone();
    let (folder, sample) = sample();
    let file = folder.path().join("new.redb");
    let partner = folder.path().join("partner.xml");
    let key = |file: &Path| prints(file, &["rotate", "prepare", "partner", "--ec"]).trim().to_owned();
    // The partner's metadata: an application of the other store, for which that one is the identity provider.
    let store =
        IdpStore::builder().base_url("https://idp.example.com").file(&sample).unwrap().open().unwrap();
    let wiki = store
        .applications()
        .create(idpstore::model::Application::named("Wiki").entity_id("urn:wiki"))
        .unwrap();
    drop(store);
    let publish = || {
        let wiki = wiki.id.to_string();
        prints(&sample, &["rotate", "prepare", &wiki, "--ec"]);
        std::fs::write(&partner, prints(&sample, &["metadata", "export", &wiki])).unwrap();
        let kid = json_of(&sample, &["rotate", "status", &wiki])["keys"].as_array().unwrap().last().unwrap()
            ["kid"]
            .clone();
        prints(&sample, &["rotate", "promote", kid.as_str().unwrap()]);
    };
    publish();
    let metadata = partner.to_str().unwrap();
    let create = ["create", "saml", "Partner", "--alias", "partner", "--metadata", metadata];
    let (code, id, warnings) = run(&file, &create);
    assert_eq!((code, warnings.as_str()), (0, "! the metadata is not signed\n"));
    let shown = json_of(&file, &["show", id.trim()]);
    assert_eq!(shown["record"]["trusted_keys"].as_array().map(Vec::len), Some(1), "{shown}");
    key(&file);

    publish();
    let plan = prints(&file, &["metadata", "plan", "partner", metadata]);
    assert!(plan.contains("! the metadata is not signed"), "{plan}");
    let outcomes = |verb: &str, more: &[&str]| {
        let imported = json_of(&file, &[&["metadata", verb, "partner", metadata], more].concat());
        let imported = if verb == "plan" { &imported["answer"] } else { &imported };
        let outcomes = imported["certificates"].as_array().unwrap().iter().map(|it| it["outcome"].clone());
        outcomes.collect::<Vec<_>>()
    };
    assert_eq!(outcomes("plan", &[]), ["kept", "added"]);
    assert_eq!(outcomes("apply", &[]), ["kept", "added"]);
    assert_eq!(outcomes("apply", &["--drop-certificates"]), ["kept", "kept"]);
    let (code, _, error) = run(&file, &["metadata", "apply", "partner", "/missing.xml"]);
    assert_eq!((code, error.lines().count()), (1, 1), "{error}");
}
